import { z } from 'zod'
import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { add, cast, div, mul, sqrt, square, sub } from '../../ops/elementwise.ts'
import { filled } from '../../tensor/nd-array.ts'
import { type CommonOptions, commonConfig, leafwise } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Options of {@link adagrad}. */
export interface AdagradOptions extends CommonOptions {
  /** The rate is divided by 1 + this times the updates done before; 0 unless given. */
  readonly rateDecay?: number | undefined
  /** Sum of squares before the first update; 0 unless given. */
  readonly initialSum?: number | undefined
  /** Added to the root; 1e-10 unless given. */
  readonly epsilon?: number | undefined
}

/** Adagrad (Duchi et al. 2011): s ← s + g², w ← w − rate·g / (√s + ε). Slot `sum`. */
export function adagrad(options: AdagradOptions): Optimizer {
  const { rateDecay = 0, initialSum = 0, epsilon = 1e-10 } = options
  return leafwise(
    {
      slots: { sum: parameter => filled(parameter.shape, initialSum, parameter.dtype) },
      decay: 'gradient',
      begin:
        step =>
        ({ parameter, gradient, rate, state }) => {
          const slowed = rateDecay === 0 ? rate : div(rate, add(mul(cast(step, rate.dtype), rateDecay), 1))
          const sum = add(state.sum, square(gradient))
          const scaled = div(gradient, add(sqrt(sum), epsilon))
          return { parameter: sub(parameter, mul(scaled, slowed)), state: { sum } }
        },
    },
    options,
  )
}

/** Registry entry `adagrad`. */
export const adagradComponent = defineComponent(OPTIMIZER, {
  type: 'adagrad',
  summary: 'gradients over the root of the sum of their squares (Duchi et al. 2011)',
  config: commonConfig(0.01).extend({
    rateDecay: z.number().nonnegative().default(0).describe('the rate is divided by 1 + this · updates'),
    initialSum: z.number().nonnegative().default(0).describe('sum of squares before the first update'),
    epsilon: z.number().nonnegative().default(1e-10).describe('added to the root'),
  }),
  create: adagrad,
})
