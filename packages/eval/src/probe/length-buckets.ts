/** Few padded lengths for many: each is a compiled graph, and padding is work for nothing. */
import { ElmanError } from '@elman/core'

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
  const group = Math.max(1, Math.ceil(distinct.length / most))
  const buckets: number[] = []
  for (let last = distinct.length - 1; last >= 0; last -= group) buckets.unshift(distinct[last]!)
  return buckets
}

/**
 * The smallest bucket that holds a length.
 *
 * @throws `PROBE_STRING_TOO_LONG` when none does
 */
export function bucketFor(length: number, buckets: readonly number[]): number {
  const bucket = buckets.find(steps => steps >= length)
  if (bucket !== undefined) return bucket
  throw new ElmanError('PROBE_STRING_TOO_LONG', {
    message: 'a training string is longer than any that its language announced',
    expected: `at most ${buckets.at(-1)} steps`,
    found: `${length} steps`,
    hint: 'the words of a size must have the length that the language\'s "lengthOf" says',
  })
}
