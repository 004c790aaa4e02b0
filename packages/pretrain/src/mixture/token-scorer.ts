/** Anything that gives each token of a text a probability: what mixtures, caches and comparisons are made of. */
import type { Parameters } from '@elman/core'

/** A model as a giver of log-probabilities to the tokens of a text. */
export interface TokenScorer {
  /** What a table prints, such as `Kneser-Ney, order 5`. */
  readonly name: string
  /**
   * Whether the model changes while it reads (caches, dynamic evaluation): its figures stand in a column of their own.
   */
  readonly adaptive: boolean
  /**
   * Natural log-probability of each token of a text, given all before it in the text (or in its line). The whole
   * vocabulary shares a mass of 1 at each token, so figures of scorers over one vocabulary can be compared and mixed.
   *
   * NaN where the scorer has no distribution to offer: a neural model before the first token of a text in a
   * vocabulary without a token that could stand there, a cache that has seen nothing yet. −Infinity is a probability
   * of 0, which is not the same.
   */
  logProbabilities(ids: Int32Array): Promise<Float64Array>
}

/** What {@link ngramScorer} needs of an n-gram model; Kneser-Ney, Katz, unigram and ARPA models all have it. */
export interface TokenModel {
  /** What the model is called where no other name is given. */
  readonly name?: string | undefined
  /** Natural log-probability of each token of a text. */
  tokenLogProbabilities(ids: Int32Array): Float64Array
}

/**
 * An n-gram model as a scorer.
 *
 * @param name - What tables print; the model's own name unless given.
 */
export function ngramScorer(model: TokenModel, name: string = model.name ?? 'n-gram'): TokenScorer {
  return {
    name,
    adaptive: false,
    logProbabilities: async ids => model.tokenLogProbabilities(ids),
  }
}

/** What {@link neuralScorer} needs: an `Evaluator`, or what stands in for one. */
export interface ParameterizedTokenModel {
  /** Natural log-probability of each token of a text, by these parameters. */
  tokenLogProbabilities(parameters: Parameters, ids: Int32Array): Promise<Float64Array>
}

/**
 * A neural model as a scorer, its state carried over the whole text.
 *
 * @param evaluator - Of `createEvaluator`; whoever made it disposes of it.
 * @param parameters - The model's parameters.
 * @param name - What tables print.
 */
export function neuralScorer(
  evaluator: ParameterizedTokenModel,
  parameters: Parameters,
  name = 'neural',
): TokenScorer {
  return {
    name,
    adaptive: false,
    logProbabilities: ids => evaluator.tokenLogProbabilities(parameters, ids),
  }
}
