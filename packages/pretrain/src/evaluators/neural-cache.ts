import {
  ElmanError,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  reshape,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import { createEvaluationWindows, startToken } from '@elman/text'
import { z } from 'zod'
import { parameterTypes, targetLosses } from '../language-model/evaluate.ts'
import { type CacheState, cacheProbabilities, emptyCache } from './cache-distribution.ts'
import { staticEvaluator } from './static.ts'
import type { EvaluatorFactory } from './text-evaluator.ts'
import { walkWindows } from './walk-windows.ts'

/** Options of evaluator `neural-cache`; the defaults are AWD-LSTM's pointer on Penn Treebank. */
export const neuralCacheConfig = z.strictObject({
  window: z.int().min(0).default(500).describe('words that the cache remembers'),
  sharpness: z.number().min(0).default(1).describe('θ: factor on the products of hidden vectors; 0 is flat'),
  weight: z.number().min(0).max(1).default(0.1).describe("λ: share of the cache in a word's probability"),
  time: z.int().min(1).default(64).describe('tokens a window; the result does not depend on it'),
})

/** AWD-LSTM's pointer on WikiText-2 (awd-lstm-lm, pointer.py). */
export const awdPointerWikiText2 = {
  type: 'neural-cache',
  window: 3785,
  sharpness: 0.6625523432485668,
  weight: 0.12785920428335693,
} as const

/** AWD-LSTM's pointer on Penn Treebank (awd-lstm-lm, README). */
export const awdPointerPennTreebank = {
  type: 'neural-cache',
  window: 500,
  sharpness: 1,
  weight: 0.1,
} as const

/**
 * Neural cache (Grave et al. 2017), which is also AWD-LSTM's pointer: p = (1 − λ) · p_model + λ · p_cache. The text is
 * read as one sequence. A target before which nothing is stored has the model's probability; awd-lstm-lm's script
 * leaves the cache out until a whole window is stored, which concerns the first `window` tokens only.
 *
 * @throws `NEURAL_CACHE_WITHOUT_HIDDEN` from `create` for a model that does not tell its hidden vectors
 */
export function neuralCacheEvaluator(config: z.input<typeof neuralCacheConfig> = {}): EvaluatorFactory {
  const { window, sharpness, weight, time } = neuralCacheConfig.parse(config)
  const name = `neural cache (window ${window}, θ ${round(sharpness)}, λ ${round(weight)})`
  return {
    adaptive: true,
    readsTraining: false,
    async create(model, vocabulary, backend, { dtype = 'float32', threads } = {}) {
      if (window === 0) {
        const setup = { dtype, threads }
        const plain = await staticEvaluator({ time }).create(model, vocabulary, backend, setup)
        return { ...plain, name, adaptive: true }
      }
      const ids = { dtype: 'int32', shape: [time, 1] } as const
      const initial = {
        model: model.initialState(1, dtype) as Parameters,
        cache: emptyCache(window, model.hiddenSize, dtype),
      }
      const { graph } = trace(
        (parameters, state, input, target) => {
          const context = { mode: 'evaluate' } as const
          const before = state.model as SequenceState
          const read = targetLosses(model, parameters as TensorParameters, input, target, before, context)
          if (read.hidden === undefined) throw withoutHidden()
          const hidden = reshape(read.hidden.raw, [-1, model.hiddenSize])
          const found = cacheProbabilities(
            hidden,
            reshape(target, [-1]),
            state.cache as CacheState,
            sharpness,
          )
          return [read.losses, found.probabilities, { model: read.state, cache: found.cache }]
        },
        parameterTypes(model, dtype),
        initial,
        ids,
        ids,
      )
      const executable = await backend.compile(graph, {
        name: 'neural-cache',
        ...(threads === undefined ? {} : { threads }),
      })
      const first = startToken(vocabulary)
      return {
        name,
        adaptive: true,
        async tokenLogProbabilities(parameters, text, options = {}) {
          const result = new Float64Array(text.length).fill(Number.NaN)
          let copied = 0
          await walkWindows(
            {
              executable,
              parameters: leavesOf<NdArray>(parameters, isNdArray),
              state: leavesOf<NdArray>(initial, isNdArray),
              windows: createEvaluationWindows(text, { batch: 1, time, warmUp: 0 }, first),
              options,
            },
            ({ position }, [losses, probabilities]) => {
              for (const [slot, at] of position.entries()) {
                if (at < 0) continue
                const byModel = -Number(losses!.data[slot])
                const byCache = Number(probabilities!.data[slot])
                const isFirst = at === (first === undefined ? 1 : 0)
                if (!isFirst && byCache > 0) copied += 1
                result[at] = isFirst ? byModel : mixed(byModel, byCache, weight)
              }
            },
          )
          const scored = text.length - (first === undefined ? 1 : 0)
          options.onDetails?.({ window, sharpness, weight, inCache: copied / scored })
          return result
        },
        dispose: () => executable.dispose(),
      }
    },
  }
}

/** ln((1 − weight) · exp(byModel) + weight · byCache), without underflow; exactly `byModel` at weight 0. */
function mixed(byModel: number, byCache: number, weight: number): number {
  const model = byModel + Math.log1p(-weight)
  const cache = Math.log(weight) + Math.log(byCache)
  const larger = Math.max(model, cache)
  return larger === -Infinity ? larger : larger + Math.log1p(Math.exp(-Math.abs(model - cache)))
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function withoutHidden(): ElmanError {
  return new ElmanError('NEURAL_CACHE_WITHOUT_HIDDEN', {
    message: 'a neural cache compares hidden vectors, and this model does not tell its own',
    expected: "`hidden: { raw, dropped }` in what the model's apply (or logProbabilities) returns",
    hint: 'use another evaluator, or have the model return the vectors that its softmax reads',
  })
}
