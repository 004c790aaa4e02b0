import { z } from 'zod'
import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { add, mul, sub } from '../../ops/elementwise.ts'
import { type CommonOptions, commonConfig, leafwise, zerosLike } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Options of {@link nesterov}. */
export interface NesterovOptions extends CommonOptions {
  /** What remains of the velocity at each update; 0.9 unless given. */
  readonly momentum?: number | undefined
}

/**
 * Nesterov's accelerated gradient in the form of Sutskever et al. (2013), as in PyTorch: v ← μ·v + g,
 * w ← w − rate·(g + μ·v). Slot `velocity`.
 */
export function nesterov(options: NesterovOptions): Optimizer {
  const { momentum: kept = 0.9 } = options
  return leafwise(
    {
      slots: { velocity: zerosLike },
      decay: 'gradient',
      begin:
        () =>
        ({ parameter, gradient, rate, state }) => {
          const velocity = add(mul(state.velocity, kept), gradient)
          const ahead = add(mul(velocity, kept), gradient)
          return { parameter: sub(parameter, mul(ahead, rate)), state: { velocity } }
        },
    },
    options,
  )
}

/** Registry entry `nesterov`. */
export const nesterovComponent = defineComponent(OPTIMIZER, {
  type: 'nesterov',
  summary: "gradient descent with Nesterov's momentum (Sutskever et al. 2013)",
  config: commonConfig(0.1).extend({
    momentum: z.number().min(0).lt(1).default(0.9).describe('what remains of the velocity'),
  }),
  create: nesterov,
})
