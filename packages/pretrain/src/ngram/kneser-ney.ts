import { z } from 'zod'
import { countNgrams, type NgramOptions } from './count-ngrams.ts'
import { countCounts, modifiedKneserNeyDiscounts } from './discounts.ts'
import { type InterpolatedModel, interpolatedModel } from './interpolated-model.ts'

/** What an experiment file may say of the n-gram baseline. */
export const kneserNeyConfig = z.strictObject({
  type: z.literal('kneser-ney').default('kneser-ney'),
  order: z.int().min(1).max(64).default(5).describe('longest n-gram, in tokens'),
})

/** Configuration of the n-gram baseline, with defaults filled in. */
export type KneserNeyConfig = z.infer<typeof kneserNeyConfig>

/** A trained interpolated modified Kneser-Ney model. */
export type KneserNeyModel = InterpolatedModel

/**
 * Trains interpolated modified Kneser-Ney (Chen & Goodman 1999) with no count cut-offs, interpolated down to the
 * uniform distribution 1 / vocabularySize; conventions are SRILM's (`ngram-count -kndiscount -interpolate`).
 * Lower orders count distinct left neighbours, except for n-grams that begin at the start of a sentence.
 *
 * @param ids - Training text; with `endOfSentence` it holds one such id after each sentence.
 * @throws `NGRAM_BAD_OPTION`, `NGRAM_EMPTY_CORPUS`, `NGRAM_BAD_TOKEN`, `NGRAM_CORPUS_TOO_LARGE`
 */
export function trainKneserNey(ids: Int32Array, options: NgramOptions): KneserNeyModel {
  const counts = countNgrams(ids, options)
  const discounts = counts.tables.map(table => modifiedKneserNeyDiscounts(countCounts(table.counts)))
  return interpolatedModel(`Kneser-Ney, order ${options.order}`, options, counts, discounts)
}
