import { ElmanError } from '../errors/elman-error.ts'
import { checkDraw } from './bits.ts'
import { kernelFor } from './kernel-choice.ts'
import type { Key } from './keys.ts'

/**
 * A dropout mask: each element is 1 / `keepProbability` (rounded to float32) with that probability, else 0.
 *
 * Element `i` is kept when word `i`, unsigned, is below round(2^32 · `keepProbability`): one word an element.
 *
 * @param into - Filled instead of a new array; its length must be `size`.
 * @param offset - Index of the first element in the stream of the key.
 * @throws `RANDOM_PROBABILITY_INVALID` outside [0, 1]; `RANDOM_COUNT_INVALID`, `RANDOM_STREAM_EXHAUSTED`,
 * `RANDOM_INTO_LENGTH`.
 */
export function bernoulliMask(
  key: Key,
  size: number,
  keepProbability: number,
  into?: Float32Array,
  offset = 0,
): Float32Array {
  if (!(keepProbability >= 0 && keepProbability <= 1)) {
    throw new ElmanError('RANDOM_PROBABILITY_INVALID', {
      message: 'the probability to keep an element is not a probability',
      expected: 'a number in [0, 1]',
      found: String(keepProbability),
    })
  }
  checkDraw(size, offset, into)
  const out = into ?? new Float32Array(size)
  const threshold = Math.round(keepProbability * 2 ** 32)
  const scale = 1 / keepProbability
  if (threshold === 0) return out.fill(0)
  if (threshold === 2 ** 32) return out.fill(scale)
  kernelFor(size).mask({ key, attempt: 0, offset }, threshold, scale, out)
  return out
}
