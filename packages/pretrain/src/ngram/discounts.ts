/** Absolute discounts of one order, and what they were computed from. */
export interface Discounts {
  /** Number of n-grams with count 1, 2, 3 and 4. */
  readonly countsOfCounts: readonly [number, number, number, number]
  /** What is taken off a count of 1, of 2, and of 3 or more. */
  readonly values: readonly [number, number, number]
  /** True when the formula gave unusable values and {@link FALLBACK_DISCOUNTS} stand in. */
  readonly fallback: boolean
}

/** Discounts used where the counts of counts are degenerate; KenLM's `--discount_fallback` has the same. */
export const FALLBACK_DISCOUNTS: readonly [number, number, number] = [0.5, 1, 1.5]

/** Number of counts that equal 1, 2, 3 and 4. */
export function countCounts(counts: Int32Array): [number, number, number, number] {
  const result: [number, number, number, number] = [0, 0, 0, 0]
  for (const count of counts) if (count >= 1 && count <= 4) result[count - 1]! += 1
  return result
}

/**
 * The three discounts of modified Kneser-Ney (Chen & Goodman 1999, eq. 26): with Y = n₁ / (n₁ + 2n₂),
 * D₁ = 1 − 2Y·n₂/n₁, D₂ = 2 − 3Y·n₃/n₂, D₃₊ = 3 − 4Y·n₄/n₃.
 *
 * The formula presumes the long tail of words. Where a discount would not lie in (0, count], as happens for tiny
 * corpora, for characters and for raw unigram counts, the whole order takes {@link FALLBACK_DISCOUNTS}.
 */
export function modifiedKneserNeyDiscounts(
  countsOfCounts: readonly [number, number, number, number],
): Discounts {
  const [n1, n2, n3, n4] = countsOfCounts
  const y = n1 / (n1 + 2 * n2)
  const values = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3] as const
  const usable = values.every((discount, index) => discount > 0 && discount <= index + 1)
  return { countsOfCounts, values: usable ? values : FALLBACK_DISCOUNTS, fallback: !usable }
}
