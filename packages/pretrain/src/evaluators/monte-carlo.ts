/**
 * Monte Carlo dropout (Gal & Ghahramani 2016): the text is read many times with dropout on, and each token has the
 * mean of its probabilities (not of their logarithms).
 */
import {
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  random,
  reshape,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import { createEvaluationWindows, startToken } from '@elman/text'
import { z } from 'zod'
import { parameterTypes, targetLosses } from '../language-model/evaluate.ts'
import { progressMeter } from './scoring-options.ts'
import type { EvaluatorFactory } from './text-evaluator.ts'
import { walkWindows } from './walk-windows.ts'

/** Options of evaluator `monte-carlo`. */
export const monteCarloConfig = z.strictObject({
  passes: z.int().min(1).default(100).describe('times that the text is read; the paper has 1,000'),
  seed: z.int().default(0).describe('seed of the masks: group g of passes has key foldIn(key(seed), g)'),
  together: z
    .int()
    .min(1)
    .default(10)
    .describe('passes side by side, as rows of a batch; weight drop and word dropout share a mask in them'),
  masks: z
    .enum(['pass', 'window'])
    .default('pass')
    .describe('drawn once for a pass over the text (Gal), or anew in each window as in training'),
  time: z.int().min(1).default(35).describe('tokens a window'),
})

/**
 * Monte Carlo dropout. What is dropped is what the model drops in training. With masks of `pass` every window of a pass
 * has the same ones, so that dropout which draws for each step (`kind: 'step'`) repeats itself every `time` steps: give
 * such models masks of `window`.
 *
 * The details hold `perplexities`: that of the average after 1, 2, … passes, and `single`: the mean perplexity of one
 * pass alone.
 */
export function monteCarloEvaluator(config: z.input<typeof monteCarloConfig> = {}): EvaluatorFactory {
  const { passes, seed, masks, time, ...rest } = monteCarloConfig.parse(config)
  const together = Math.min(rest.together, passes)
  return {
    adaptive: false,
    readsTraining: false,
    async create(model, vocabulary, backend, { dtype = 'float32', threads } = {}) {
      const initial = model.initialState(together, dtype) as Parameters
      const ids = { dtype: 'int32', shape: [time, together] } as const
      const { graph } = trace(
        (parameters, state, input, target, key) => {
          const context = { mode: 'train', key } as const
          const before = state as SequenceState
          const read = targetLosses(model, parameters as TensorParameters, input, target, before, context)
          return [reshape(read.losses, [time, together]), read.state]
        },
        parameterTypes(model, dtype),
        initial,
        ids,
        ids,
        { dtype: 'int32', shape: [2] } as const,
      )
      const executable = await backend.compile(graph, {
        name: 'monte-carlo',
        ...(threads === undefined ? {} : { threads }),
      })
      const first = startToken(vocabulary)
      return {
        name: `Monte Carlo dropout (${passes} passes, seed ${seed})`,
        adaptive: false,
        async tokenLogProbabilities(parameters, text, options = {}) {
          const windows = createEvaluationWindows(text, { batch: 1, time, warmUp: 0 }, first)
          const groups = Math.ceil(passes / together)
          const meter = progressMeter('score', windows.tokens * together * groups, options)
          const sums = new Float64Array(text.length)
          const perplexities: number[] = []
          const singles: number[] = []
          for (let group = 0; group < groups; group++) {
            const key = random.foldIn(random.key(seed), group)
            const more = (index: number): NdArray[] => {
              const drawn = masks === 'pass' ? key : random.foldIn(key, index)
              return [{ dtype: 'int32', shape: [2], data: Int32Array.from(drawn) }]
            }
            const rows = Math.min(together, passes - group * together)
            const losses = Array.from({ length: rows }, () => new Float64Array(text.length))
            await walkWindows(
              {
                executable,
                parameters: leavesOf<NdArray>(parameters, isNdArray),
                state: leavesOf<NdArray>(initial, isNdArray),
                ...{ windows, copies: together, more, meter },
              },
              ({ position }, [result]) => {
                for (const [slot, at] of position.entries()) {
                  if (at < 0) continue
                  for (const [row, each] of losses.entries()) {
                    each[at] = Number(result!.data[slot * together + row])
                  }
                }
              },
            )
            const begin = first === undefined ? 1 : 0
            for (const each of losses) {
              for (let at = begin; at < each.length; at++) sums[at] = sums[at]! + Math.exp(-each[at]!)
              const count = perplexities.length + 1
              perplexities.push(perplexityOf(windows.tokens, begin, at => -Math.log(sums[at]! / count)))
              singles.push(perplexityOf(windows.tokens, begin, at => each[at]!))
            }
          }
          const single = singles.reduce((total, each) => total + each, 0) / passes
          options.onDetails?.({ passes, seed, together, masks, time, single, perplexities })
          const result = sums.map(total => Math.log(total / passes))
          if (first === undefined) result[0] = Number.NaN
          return result
        },
        dispose: () => executable.dispose(),
      }
    },
  }
}

function perplexityOf(tokens: number, begin: number, loss: (at: number) => number): number {
  let total = 0
  for (let at = begin; at < begin + tokens; at++) total += loss(at)
  return Math.exp(total / tokens)
}
