import { z } from 'zod'
import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import type { Tensor } from '../../ir/scope.ts'
import { add, div, maximum, mul, sqrt, square, sub } from '../../ops/elementwise.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { type CommonOptions, commonConfig, leafwise, zerosLike } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends CommonOptions {
  /** What remains of the mean square at each update; 0.99 unless given. */
  readonly smoothing?: number | undefined
  /** Added to the root; 1e-8 unless given. */
  readonly epsilon?: number | undefined
  /** Subtracts the squared mean gradient: divides by the standard deviation (Graves 2013). */
  readonly centered?: boolean | undefined
  /** What remains of the velocity of the scaled gradients; 0 unless given. */
  readonly momentum?: number | undefined
}

type Slot = 'square' | 'mean' | 'velocity'

/**
 * RMSProp (Tieleman & Hinton 2012): the gradient divided by the root of its running mean square. Slots `square`, with
 * `centered` also `mean`, with momentum also `velocity`.
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { smoothing = 0.99, epsilon = 1e-8, centered = false, momentum = 0 } = options
  const running = (old: Tensor, value: Tensor) => add(mul(old, smoothing), mul(value, 1 - smoothing))
  const slots: { [Name in Slot]?: (parameter: NdArray) => NdArray } = {
    square: zerosLike,
    ...(centered ? { mean: zerosLike } : {}),
    ...(momentum > 0 ? { velocity: zerosLike } : {}),
  }
  return leafwise<Slot>(
    {
      slots: slots as { [Name in Slot]: (parameter: NdArray) => NdArray },
      decay: 'gradient',
      begin:
        () =>
        ({ parameter, gradient, rate, state }) => {
          const meanSquare = running(state.square, square(gradient))
          const mean = centered ? running(state.mean, gradient) : gradient
          // Rounding may put the variance below zero.
          const variance = centered ? maximum(sub(meanSquare, square(mean)), 0) : meanSquare
          const scaled = div(gradient, add(sqrt(variance), epsilon))
          const velocity = momentum > 0 ? add(mul(state.velocity, momentum), scaled) : scaled
          return {
            parameter: sub(parameter, mul(velocity, rate)),
            state: { square: meanSquare, mean, velocity },
          }
        },
    },
    options,
  )
}

/** Registry entry `rmsprop`. */
export const rmspropComponent = defineComponent(OPTIMIZER, {
  type: 'rmsprop',
  summary: 'gradients over the root of their running mean square (Tieleman & Hinton 2012)',
  config: commonConfig(0.01).extend({
    smoothing: z.number().min(0).lt(1).default(0.99).describe('what remains of the mean square'),
    epsilon: z.number().nonnegative().default(1e-8).describe('added to the root'),
    centered: z.boolean().default(false).describe('whether the squared mean is subtracted'),
    momentum: z.number().min(0).lt(1).default(0).describe('what remains of the velocity'),
  }),
  create: rmsprop,
})
