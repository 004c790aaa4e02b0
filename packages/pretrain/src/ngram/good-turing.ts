/** Good-Turing's estimate of how much of a count is due to chance, in Katz's form. */

/** Factors on the counts of one order, and what they were computed from. */
export interface GoodTuringDiscounts {
  /** Smallest count that is stored. */
  readonly minimum: number
  /** Largest count that is discounted; lowered where there are no n-grams with the count above it. */
  readonly maximum: number
  /** Element r: number of n-grams seen r times, 0 … asked maximum + 1 (element 0 is 0). */
  readonly countsOfCounts: readonly number[]
  /** Element r: factor on a count of r, 0 … `maximum`; larger counts keep 1. */
  readonly factors: readonly number[]
  /** Counts whose estimate was unusable and that keep factor 1. */
  readonly outOfRange: readonly number[]
}

/** Largest factor that SRILM takes for none (its `Prob_Epsilon`). */
export const PROBABILITY_EPSILON = 3e-6

/**
 * Katz (1987): d(r) = (r* / r − A) / (1 − A) with r* = (r + 1) · n(r + 1) / n(r) and A = (m + 1) · n(m + 1) / n(1), for
 * counts up to m; above it counts are trusted. Where the estimate is not in (0, 1] the count keeps factor 1, and m
 * falls while n(m + 1) is 0, as in SRILM (`ngram-discount(7)`).
 */
export function goodTuringDiscounts(counts: Int32Array, minimum: number, asked: number): GoodTuringDiscounts {
  const n = new Array<number>(asked + 2).fill(0)
  for (const count of counts) if (count > 0 && count <= asked + 1) n[count]! += 1
  let maximum = n[1] === 0 ? 0 : asked
  while (maximum > 0 && n[maximum + 1] === 0) maximum--
  const common = maximum === 0 ? 0 : ((maximum + 1) * n[maximum + 1]!) / n[1]!
  const factors = [1]
  const outOfRange: number[] = []
  for (let count = 1; count <= maximum; count++) {
    const ratio = ((count + 1) * n[count + 1]!) / (count * n[count]!)
    const factor = (ratio - common) / (1 - common)
    const usable = n[count]! > 0 && Number.isFinite(factor) && factor > PROBABILITY_EPSILON && ratio <= 1
    factors.push(usable ? factor : 1)
    if (!usable) outOfRange.push(count)
  }
  return { minimum, maximum, countsOfCounts: n, factors, outOfRange }
}

/** Factor on a count: 0 where the n-gram is not stored. */
export function goodTuringFactor({ minimum, maximum, factors }: GoodTuringDiscounts, count: number): number {
  if (count < minimum) return 0
  return count > maximum ? 1 : factors[count]!
}
