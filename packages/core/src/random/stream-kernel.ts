/**
 * What both generators, the plain one here and the WebAssembly one, can do: fill an array from the stream of a
 * key. The plain one is the definition; the other must give the same bits (stream-kernel.test.ts).
 *
 * Word `i` of the stream is word `i & 1` of block `i >> 1`; element `i` of every fill uses word `offset + i`.
 */

import type { Key } from './keys.ts'
import { threefryInto } from './threefry.ts'

/** Where in the random bits of a key a fill starts. */
export interface Stream {
  readonly key: Key
  /** Second counter word: 0, or the attempt when elements are drawn again. */
  readonly attempt: number
  /** Index of the first word, up to 2^33 - 1. */
  readonly offset: number
}

/** Fills arrays from a stream. */
export interface StreamKernel {
  /** The words themselves. */
  bits(stream: Stream, out: Int32Array): void
  /** The top 24 bits of each word, times 2^-24: in [0, 1), exact. */
  uniforms(stream: Stream, out: Float32Array): void
  /** `scale` where the word, unsigned, is below `threshold` (1 .. 2^32 - 1), else 0. */
  mask(stream: Stream, threshold: number, scale: number, out: Float32Array): void
}

/** The generator in plain TypeScript. */
export const plainKernel: StreamKernel = {
  bits(stream, out) {
    eachWord(stream, out.length, (index, word) => {
      out[index] = word
    })
  },
  uniforms(stream, out) {
    eachWord(stream, out.length, (index, word) => {
      out[index] = (word >>> 8) * 2 ** -24
    })
  },
  mask(stream, threshold, scale, out) {
    eachWord(stream, out.length, (index, word) => {
      out[index] = word >>> 0 < threshold ? scale : 0
    })
  },
}

function eachWord(
  { key, attempt, offset }: Stream,
  count: number,
  use: (index: number, word: number) => void,
): void {
  const block = new Int32Array(2)
  for (let index = -(offset % 2), counter = Math.floor(offset / 2); index < count; index += 2, counter++) {
    threefryInto(key[0], key[1], counter | 0, attempt, block, 0)
    if (index >= 0) use(index, block[0]!)
    if (index + 1 < count) use(index + 1, block[1]!)
  }
}
