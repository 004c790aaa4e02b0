/** The oldest trick of neural language models: mix them with an n-gram model (Bengio et al. 2003; Mikolov et al. 2010). */
import type { Corpus } from '@elman/text'
import { type KneserNeyModel, trainKneserNey } from '../ngram/kneser-ney.ts'
import { type FittedWeights, fitMixture } from './fit-weights.ts'
import { type InterpolatedScorer, interpolate } from './interpolate.ts'
import { ngramScorer, type TokenScorer } from './token-scorer.ts'

/** How a scorer is mixed with Kneser-Ney. */
export interface MixWithKneserNeyOptions {
  /** Longest n-gram; 5 unless given. */
  readonly order?: number | undefined
  /** Weight of the n-gram model, between 0 and 1. `fit`: by expectation-maximisation on split valid. 0.5 unless given. */
  readonly weight?: number | 'fit' | undefined
}

/** A scorer mixed with Kneser-Ney. */
export interface MixtureWithKneserNey {
  readonly scorer: InterpolatedScorer
  /** The n-gram model, trained on split train. */
  readonly ngram: KneserNeyModel
  /** How the weights were found, where they were. */
  readonly fit: FittedWeights | undefined
}

/**
 * Trains Kneser-Ney on a corpus and mixes it with a scorer over the same vocabulary:
 * `await mixWithKneserNey(neuralScorer(evaluator, parameters), corpus)`.
 *
 * @throws `MIXTURE_WEIGHTS_INVALID`; `MIXTURE_TEXT_EMPTY` with `fit` on a corpus without split valid; the codes of
 * `trainKneserNey`
 */
export async function mixWithKneserNey(
  scorer: TokenScorer,
  { vocabulary, splits }: Pick<Corpus, 'vocabulary' | 'splits'>,
  { order = 5, weight = 0.5 }: MixWithKneserNeyOptions = {},
): Promise<MixtureWithKneserNey> {
  const { size: vocabularySize, endOfSentence } = vocabulary
  const ngram = trainKneserNey(splits.train.ids, { order, vocabularySize, endOfSentence })
  const other = ngramScorer(ngram)
  if (weight === 'fit') {
    const heldOut = splits.valid?.ids ?? new Int32Array(0)
    return { ngram, ...(await fitMixture([scorer, other], heldOut)) }
  }
  const parts = [
    { scorer, weight: 1 - weight },
    { scorer: other, weight },
  ]
  return { ngram, scorer: interpolate(parts), fit: undefined }
}
