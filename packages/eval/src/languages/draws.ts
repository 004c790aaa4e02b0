/** Random numbers by position: what is drawn for string i depends on seed, stream, size and i alone. */
import { random } from '@elman/core'
import type { StreamPosition } from './language.ts'

/** A sequence of random choices. */
export interface Draws {
  /** Uniform in 0 … bound − 1; bound at most 2³². */
  below(bound: number): number
  /** Uniform in 0 … bound − 1, for counts of words. */
  bigBelow(bound: bigint): bigint
  /** Uniform in [0, 1). */
  uniform(): number
}

const BLOCK = 64

/** The choices at a position; `purpose` keeps apart what is drawn for different things there. */
export function drawsAt(at: StreamPosition, purpose = ''): Draws {
  const { foldIn, key, randomBits } = random
  const parts = [at.stream, at.size, at.index, purpose]
  const own = parts.reduce<random.Key>((parent, part) => foldIn(parent, part), key(at.seed))
  let block = new Int32Array(0)
  let blocks = 0
  let used = 0
  const word = (): number => {
    if (used === block.length) {
      block = Int32Array.from(randomBits(foldIn(own, blocks++), BLOCK))
      used = 0
    }
    return block[used++]! >>> 0
  }
  const bigBelow = (bound: bigint): bigint => {
    const words = Math.ceil((bound - 1n).toString(2).length / 32)
    const excess = BigInt(32 * words - (bound - 1n).toString(2).length)
    for (;;) {
      let value = 0n
      for (let i = 0; i < words; i++) value = (value << 32n) | BigInt(word())
      value >>= excess
      if (value < bound) return value // at least half of the tries end here
    }
  }
  return {
    below(bound) {
      const limit = 2 ** 32 - (2 ** 32 % bound)
      for (;;) {
        const value = word()
        if (value < limit) return value % bound // no value is more frequent than another
      }
    },
    bigBelow,
    uniform: () => word() / 2 ** 32,
  }
}
