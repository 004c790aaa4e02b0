import type { DTypeStorage } from '../tensor/dtype.ts'
import { checkDraw, randomBits } from './bits.ts'
import { kernelFor } from './kernel-choice.ts'
import type { Key } from './keys.ts'

/** Elements made from one buffer of words, where an element needs more than the kernel does. */
export const BATCH = 4096

/**
 * Numbers in [0, 1), evenly spread.
 *
 * float32: element `i` is the top 24 bits of word `i`, times 2^-24. float64: 53 bits, the top 27 of word `2i`
 * above the top 26 of word `2i + 1`, times 2^-53. Every value is exact.
 *
 * @param into - Filled instead of a new array; its length must be `size`.
 * @param offset - Index of the first element in the stream of the key.
 * @throws `RANDOM_COUNT_INVALID`, `RANDOM_STREAM_EXHAUSTED`, `RANDOM_INTO_LENGTH`.
 */
export function uniform<D extends 'float32' | 'float64' = 'float32'>(
  key: Key,
  size: number,
  dtype?: D,
  into?: DTypeStorage[D],
  offset?: number,
): DTypeStorage[D]
export function uniform(
  key: Key,
  size: number,
  dtype: 'float32' | 'float64' = 'float32',
  into?: Float32Array | Float64Array,
  offset = 0,
): Float32Array | Float64Array {
  if (dtype === 'float64') return uniform64(key, size, into as Float64Array | undefined, offset)
  checkDraw(size, offset, into)
  const out = (into as Float32Array | undefined) ?? new Float32Array(size)
  kernelFor(size).uniforms({ key, attempt: 0, offset }, out)
  return out
}

function uniform64(key: Key, size: number, into: Float64Array | undefined, offset: number): Float64Array {
  checkDraw(size, offset, into, 2)
  const out = into ?? new Float64Array(size)
  for (let start = 0; start < size; start += BATCH) {
    const end = Math.min(start + BATCH, size)
    const words = randomBits(key, 2 * (end - start), 2 * (offset + start))
    for (let i = start, at = 0; i < end; i++, at += 2) {
      out[i] = ((words[at]! >>> 5) * 2 ** 26 + (words[at + 1]! >>> 6)) * 2 ** -53
    }
  }
  return out
}
