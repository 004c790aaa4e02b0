import { z } from 'zod'
import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { add, cast, greater, mul, sub } from '../../ops/elementwise.ts'
import { type CommonOptions, commonConfig, leafwise, zerosLike } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Options of {@link momentum}. */
export interface MomentumOptions extends CommonOptions {
  /** What remains of the velocity at each update; 0.9 unless given. */
  readonly momentum?: number | undefined
  /** Takes 1 − dampening of each gradient but the first, as PyTorch does; 0 unless given. */
  readonly dampening?: number | undefined
}

/** Heavy-ball momentum (Polyak 1964): v ← μ·v + (1 − dampening)·g, w ← w − rate·v. Slot `velocity`. */
export function momentum(options: MomentumOptions): Optimizer {
  const { momentum: kept = 0.9, dampening = 0 } = options
  return leafwise(
    {
      slots: { velocity: zerosLike },
      decay: 'gradient',
      begin:
        step =>
        ({ parameter, gradient, rate, state }) => {
          const later = cast(greater(step, 0), gradient.dtype)
          const taken = dampening === 0 ? gradient : mul(gradient, sub(1, mul(later, dampening)))
          const velocity = add(mul(state.velocity, kept), taken)
          return { parameter: sub(parameter, mul(velocity, rate)), state: { velocity } }
        },
    },
    options,
  )
}

/** Registry entry `momentum`. */
export const momentumComponent = defineComponent(OPTIMIZER, {
  type: 'momentum',
  summary: 'gradient descent with heavy-ball momentum (Polyak 1964)',
  config: commonConfig(0.1).extend({
    momentum: z.number().min(0).lt(1).default(0.9).describe('what remains of the velocity'),
    dampening: z.number().min(0).max(1).default(0).describe('part of each gradient that is left out'),
  }),
  create: momentum,
})
