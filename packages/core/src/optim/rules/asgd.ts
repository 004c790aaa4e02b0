import { z } from 'zod'
import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { add, cast, div, maximum, mul, pow, sub } from '../../ops/elementwise.ts'
import { copyArray, isNdArray, type NdArray } from '../../tensor/nd-array.ts'
import { leavesWithPaths, withLeaves } from '../../transform/tree.ts'
import { type CommonOptions, commonConfig, leafwise } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Options of {@link asgd}. */
export interface AsgdOptions extends CommonOptions {
  /** Decay λ that also slows the rate; 1e-4 unless given. */
  readonly lambda?: number | undefined
  /** Power of the rate's decay; 0.75 unless given. */
  readonly power?: number | undefined
  /** Updates before averaging starts; 1e6 unless given, as in PyTorch. */
  readonly averageFrom?: number | undefined
}

/**
 * Averaged gradient descent (Polyak & Juditsky 1992) as in `torch.optim.ASGD`: the rate η is
 * rate / (1 + λ·rate·n)^power after n updates, w ← (1 − λ·η)·w − η·g, and slot `average` follows the weights with
 * share 1 / max(1, n − averageFrom). Evaluate with the averages.
 */
export function asgd(options: AsgdOptions): Optimizer {
  const { lambda = 1e-4, power = 0.75, averageFrom = 1e6 } = options
  const optimizer = leafwise(
    {
      slots: { average: copyArray },
      decay: 'gradient',
      begin:
        step =>
        ({ parameter, gradient, rate, state }) => {
          const done = cast(step, rate.dtype)
          const eta = div(rate, pow(add(mul(mul(rate, lambda), done), 1), power))
          const share = div(1, maximum(sub(done, averageFrom), 1))
          const next = sub(mul(parameter, sub(1, mul(eta, lambda))), mul(gradient, eta))
          const average = add(state.average, mul(sub(next, state.average), share))
          return { parameter: next, state: { average } }
        },
    },
    options,
  )
  return {
    ...optimizer,
    evaluationParameters(parameters, state) {
      const leaves = leavesWithPaths<NdArray>(parameters, isNdArray)
      const averages = new Map(
        leavesWithPaths<NdArray>(state.average ?? {}, isNdArray).map(({ path, leaf }) => [path, leaf]),
      )
      return withLeaves(
        parameters,
        isNdArray,
        leaves.map(({ path, leaf }) => averages.get(path) ?? leaf),
      ) as typeof parameters
    },
  }
}

/** Registry entry `asgd`. */
export const asgdComponent = defineComponent(OPTIMIZER, {
  type: 'asgd',
  summary: 'averaged gradient descent (Polyak & Juditsky 1992)',
  config: commonConfig(0.01).extend({
    lambda: z.number().nonnegative().default(1e-4).describe('decay that also slows the rate'),
    power: z.number().default(0.75).describe("power of the rate's decay"),
    averageFrom: z.number().nonnegative().default(1e6).describe('updates before averaging starts'),
  }),
  create: asgd,
})
