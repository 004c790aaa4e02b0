/** Few padded lengths for many: each is a compiled graph, and padding is work for nothing. */

/** Most graphs of a training. */
export const MOST_BUCKETS = 8

/**
 * Lengths to pad to: at most `most`, each the largest of a group of neighbours. Groups have equally many lengths, which
 * wastes least when all are equally likely; the longest form the full groups.
 *
 * @param lengths all lengths that occur, in any order
 * @returns ascending
 */
export function lengthBuckets(lengths: readonly number[], most = MOST_BUCKETS): number[] {
  const distinct = [...new Set(lengths)].toSorted((a, b) => a - b)
  const group = Math.ceil(distinct.length / most)
  const buckets: number[] = []
  for (let last = distinct.length - 1; last >= 0; last -= group) buckets.unshift(distinct[last]!)
  return buckets
}

/** The smallest bucket that holds a length. */
export function bucketFor(length: number, buckets: readonly number[]): number {
  return buckets.find(bucket => bucket >= length)!
}
