import { ElmanError } from '../errors/elman-error.ts'
import { checkDraw, randomBits } from './bits.ts'
import type { Key } from './keys.ts'
import { threefry2x32 } from './threefry.ts'

/**
 * Whole numbers in 0 .. `bound` - 1, each exactly as likely.
 *
 * Element `i` is word `i` modulo `bound`; a word in the incomplete last round of 2^32 is replaced by word `i` of
 * the next attempt (counter layout in keys.ts), so that elements do not depend on each other.
 *
 * @param offset - Index of the first element in the stream of the key.
 * @throws `RANDOM_BOUND_INVALID` unless `bound` is a whole number in 1 .. 2^32; `RANDOM_COUNT_INVALID`,
 * `RANDOM_STREAM_EXHAUSTED`.
 */
export function integersBelow(key: Key, size: number, bound: number, offset = 0): Float64Array {
  checkBound(bound)
  checkDraw(size, offset, undefined)
  const words = randomBits(key, size, offset)
  const out = new Float64Array(size)
  for (let i = 0; i < size; i++) out[i] = below(key, offset + i, words[i]!, bound)
  return out
}

/** One whole number in 0 .. `bound` - 1; see {@link integersBelow}. */
export function integerBelow(key: Key, bound: number): number {
  return integersBelow(key, 1, bound)[0]!
}

function below(key: Key, index: number, word: number, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound)
  let value = word >>> 0
  for (let attempt = 1; value >= limit; attempt++) {
    value = threefry2x32(key, Math.floor(index / 2) | 0, attempt)[index % 2]! >>> 0
  }
  return value % bound
}

function checkBound(bound: number): void {
  if (Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32) return
  throw new ElmanError('RANDOM_BOUND_INVALID', {
    message: 'random whole numbers need a range that is not empty and fits 32 bits',
    expected: 'a whole number in 1 .. 2^32',
    found: String(bound),
  })
}

/**
 * The numbers 0 .. `size` - 1 in random order, every order as likely as the key allows (Fisher and Yates).
 *
 * @throws `RANDOM_COUNT_INVALID`.
 */
export function permutation(key: Key, size: number): Int32Array {
  return shuffledStart(key, size, size)
}

/** The first `count` elements of a random permutation of 0 .. `size` - 1. */
export function shuffledStart(key: Key, size: number, count: number): Int32Array {
  checkDraw(size, 0, undefined)
  const order = Int32Array.from({ length: size }, (_, i) => i)
  const words = randomBits(key, count)
  for (let i = 0; i < count; i++) {
    const other = i + below(key, i, words[i]!, size - i)
    const value = order[other]!
    order[other] = order[i]!
    order[i] = value
  }
  return count === size ? order : order.slice(0, count)
}
