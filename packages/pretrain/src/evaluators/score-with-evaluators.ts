/** One text scored by several evaluators, results that adapt apart from those that do not. */
import {
  type Backend,
  type ComponentReference,
  componentData,
  EVALUATOR,
  type JsonValue,
  type Parameters,
  resolveComponent,
  type Services,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { type EncodedText, startToken, type Vocabulary } from '@elman/text'
import { type TextScore, textScore } from '../language-model/evaluate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import type { ScoringDetails, ScoringProgress } from './scoring-options.ts'

/** What is to be scored, and how. */
export interface ScoreWithEvaluators {
  /** Where the evaluators are registered: a container. */
  readonly services: Services
  readonly backend: Backend
  readonly model: LanguageModel
  readonly parameters: Parameters
  readonly vocabulary: Vocabulary
  readonly text: EncodedText
  /** Names, or `{ type, ...options }`, in the wanted order. */
  readonly evaluators: readonly ComponentReference[]
  /** The text that the model was trained on; only for evaluators that read it. */
  readonly training?: Int32Array | undefined
  readonly dtype?: FloatType | undefined
  /** Threads of the backend. */
  readonly threads?: number | undefined
  /** Stops between two windows; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Is told after each window which evaluator stands where. */
  readonly onProgress?: ((progress: ScoringProgress & { readonly evaluator: string }) => void) | undefined
}

/** What one evaluator found. */
export interface EvaluatorScore extends TextScore {
  /** Its type, as in the config. */
  readonly type: string
  /** Type and settings in words, for tables. */
  readonly name: string
  readonly adaptive: boolean
  /** Its options, complete. */
  readonly options: JsonValue
  /** Natural log-probability of each token; the first is NaN where nothing could stand before it. */
  readonly logProbabilities: Float64Array
  /** Tokens of the text over all the time it took, statistics and passes included. */
  readonly tokensPerSecond: number
  /** What came up: counts, convergence. */
  readonly details: ScoringDetails
}

/** Results in two columns that must not be compared with each other as if they were one. */
export interface ScoreColumns {
  /** Models that stand still while they read. */
  readonly static: readonly EvaluatorScore[]
  /** Models that what they read changes. */
  readonly adaptive: readonly EvaluatorScore[]
}

/**
 * Scores a text with each evaluator, one after the other; every token once, state carried over the whole text.
 *
 * @throws what the evaluators throw; `UNKNOWN_TYPE`, `CONFIG_UNKNOWN_KEY`, `CONFIG_INVALID` before any is run; the
 *   signal's reason
 */
export async function scoreWithEvaluators(task: ScoreWithEvaluators): Promise<ScoreColumns> {
  const { services, backend, model, parameters, vocabulary, text, signal, onProgress } = task
  const { training, dtype, threads } = task
  const registry = services.registry(EVALUATOR)
  const wanted = task.evaluators.map((reference, index) =>
    resolveComponent(registry, reference, `evaluators.${index}`),
  )
  const scores: EvaluatorScore[] = []
  for (const resolved of wanted) {
    const start = performance.now()
    const factory = resolved.descriptor.create(resolved.config, services)
    const evaluator = await factory.create(model, vocabulary, backend, { training, dtype, threads })
    const { name, adaptive } = evaluator
    let details: ScoringDetails = {}
    try {
      const logProbabilities = await evaluator.tokenLogProbabilities(parameters, text.ids, {
        signal,
        onProgress: onProgress && (progress => onProgress({ ...progress, evaluator: name })),
        onDetails: found => {
          details = found
        },
      })
      const begin = startToken(vocabulary) === undefined ? 1 : 0 // nothing could stand before the first token
      const tokens = logProbabilities.length - begin
      const loss = -logProbabilities.subarray(begin).reduce((sum, value) => sum + value, 0) / tokens
      const score = textScore(loss, tokens, text, vocabulary, (performance.now() - start) / 1000)
      const { type: _type, ...options } = componentData(resolved) as { type: string }
      scores.push({
        ...score,
        ...{ type: resolved.type, name, adaptive, options, logProbabilities, details },
        tokensPerSecond: tokens / score.seconds,
      })
    } finally {
      await evaluator.dispose()
    }
  }
  return {
    static: scores.filter(({ adaptive }) => !adaptive),
    adaptive: scores.filter(({ adaptive }) => adaptive),
  }
}
