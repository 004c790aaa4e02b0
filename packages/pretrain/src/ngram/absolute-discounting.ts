import { badOption, countNgrams, type NgramOptions } from './count-ngrams.ts'
import { countCounts, type Discounts } from './discounts.ts'
import { type InterpolatedModel, interpolatedModel } from './interpolated-model.ts'

/** How to train {@link trainAbsoluteDiscounting}. */
export interface AbsoluteDiscountingOptions extends NgramOptions {
  /** What is taken off every count, above 0 and at most 1, for all orders or by order; estimated unless given. */
  readonly discount?: number | readonly number[] | undefined
}

/** Discount of an order whose counts of counts give none. */
const FALLBACK_DISCOUNT = 0.5

/**
 * Trains interpolated absolute discounting (Ney, Essen & Kneser 1994): P(w | h) = (c(h w) − D) / c(h) +
 * D · types(h) / c(h) · P(w | h without its first word), over occurrences at every order, down to 1 / vocabularySize.
 * As SRILM's `-cdiscount D -interpolate` without cut-offs. Unless given, D = n₁ / (n₁ + 2·n₂) of each order, as there
 * in `-ukndiscount`.
 *
 * @throws `NGRAM_BAD_OPTION`, `NGRAM_EMPTY_CORPUS`, `NGRAM_BAD_TOKEN`, `NGRAM_CORPUS_TOO_LARGE`
 */
export function trainAbsoluteDiscounting(
  ids: Int32Array,
  { discount, ...options }: AbsoluteDiscountingOptions,
): InterpolatedModel {
  const given = typeof discount === 'number' ? new Array<number>(options.order).fill(discount) : discount
  if (
    given !== undefined &&
    !(given.length === options.order && given.every(value => value > 0 && value <= 1))
  )
    throw badOption('discount', 'a number above 0 and at most 1, or one for each order', String(discount))
  const counts = countNgrams(ids, options, 'occurrences')
  const discounts = counts.tables.map((table, index): Discounts => {
    const countsOfCounts = countCounts(table.counts)
    const [n1, n2] = countsOfCounts
    const estimated = n1 / (n1 + 2 * n2)
    const usable = estimated > 0 && estimated < 1
    const value = given?.[index] ?? (usable ? estimated : FALLBACK_DISCOUNT)
    return { countsOfCounts, values: [value, value, value], fallback: given === undefined && !usable }
  })
  return interpolatedModel(`absolute discounting, order ${options.order}`, options, counts, discounts)
}
