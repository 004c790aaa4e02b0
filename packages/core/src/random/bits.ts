import { ElmanError } from '../errors/elman-error.ts'
import { kernelFor } from './kernel-choice.ts'
import { checkCount, type Key } from './keys.ts'

/** Words in the stream of one key: 2^32 blocks of two. */
const STREAM_WORDS = 2 ** 33

/**
 * Words `offset .. offset + count - 1` of the stream of a key, in int32 form.
 *
 * Word `i` depends on the key and on `i` alone, so a stream may be cut anywhere, by any thread.
 *
 * @param into - Filled instead of a new array; its length must be `count`.
 * @throws `RANDOM_COUNT_INVALID`, `RANDOM_STREAM_EXHAUSTED` (past word 2^33 - 1), `RANDOM_INTO_LENGTH`.
 */
export function randomBits(key: Key, count: number, offset = 0, into?: Int32Array): Int32Array {
  checkDraw(count, offset, into)
  const out = into ?? new Int32Array(count)
  kernelFor(count).bits({ key, attempt: 0, offset }, out)
  return out
}

/** Refuses a draw that the stream does not hold or that does not fit the caller's array. */
export function checkDraw(
  count: number,
  offset: number,
  into: ArrayLike<unknown> | undefined,
  wordsPerElement = 1,
): void {
  checkCount(count, 'the number of random elements')
  if (into !== undefined && into.length !== count) {
    throw new ElmanError('RANDOM_INTO_LENGTH', {
      message: 'the array to fill does not have the number of elements that was asked for',
      expected: `${count} elements`,
      found: `${into.length} elements`,
    })
  }
  const fits = Number.isInteger(offset) && offset >= 0 && (offset + count) * wordsPerElement <= STREAM_WORDS
  if (!fits) {
    throw new ElmanError('RANDOM_STREAM_EXHAUSTED', {
      message: 'a draw reaches outside the 2^33 words of its key',
      expected: `0 <= offset and offset + count <= ${STREAM_WORDS / wordsPerElement}`,
      found: `offset ${offset}, count ${count}`,
      hint: 'split the key, or fold the number of the part into it',
    })
  }
}
