/** What an evaluator is: a way to read a text with a language model that gives each token a probability. */
import type { Backend, Parameters } from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import type { Vocabulary } from '@elman/text'
import type { LanguageModel } from '../language-model/language-model.ts'
import type { TokenScorer } from '../mixture/token-scorer.ts'
import type { ScoringOptions } from './scoring-options.ts'

/** A way of reading, compiled for one model. */
export interface TextEvaluator {
  /** For tables: the kind and its settings. */
  readonly name: string
  /**
   * Whether what is read changes what comes after by more than the recurrent state: such results stand in a column of
   * their own.
   */
  readonly adaptive: boolean
  /**
   * Natural log-probability of each token of a text, the state carried from the first to the last. The first is NaN
   * where the vocabulary has no token that could stand before it. The parameters are not changed.
   */
  tokenLogProbabilities(
    parameters: Parameters,
    ids: Int32Array,
    options?: ScoringOptions,
  ): Promise<Float64Array>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** What an evaluator may be told of its surroundings. */
export interface EvaluatorSetup {
  readonly dtype?: FloatType | undefined
  /** Threads of the backend. */
  readonly threads?: number | undefined
  /** The text that the model was trained on, for evaluators that read it (`readsTraining`). */
  readonly training?: Int32Array | undefined
}

/** What the components of extension point `evaluator` create: an evaluator whose model is not known yet. */
export interface EvaluatorFactory {
  /** As {@link TextEvaluator.adaptive}. */
  readonly adaptive: boolean
  /** Whether `setup.training` is needed. */
  readonly readsTraining: boolean
  /** Compiles the evaluator for a model. */
  create(
    model: LanguageModel,
    vocabulary: Vocabulary,
    backend: Backend,
    setup?: EvaluatorSetup,
  ): Promise<TextEvaluator>
}

declare module '@elman/core' {
  interface ExtensionPoints {
    evaluator: { product: EvaluatorFactory }
  }
}

/** An evaluator with a model's parameters as a scorer, for mixtures and comparisons. */
export function evaluatorScorer(
  evaluator: TextEvaluator,
  parameters: Parameters,
  options: ScoringOptions = {},
): TokenScorer {
  const { name, adaptive } = evaluator
  return {
    name,
    adaptive,
    logProbabilities: ids => evaluator.tokenLogProbabilities(parameters, ids, options),
  }
}
