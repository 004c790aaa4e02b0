/** Languages w#v in which v is a permutation of w that length alone determines: copies and reversals. */

import type { Draws } from '../draws.ts'
import { distinct, type EnvelopedRecognition, envelopedRecognition, uniformWord } from '../enveloped.ts'
import type { Recognition, Word } from '../language.ts'
import type { Machine } from '../machine.ts'

/** Number of the marker after 0 and 1. */
export const MARKER = 2

/** Symbols at each edge of a half that negatives leave alone where the half is long enough to have others. */
const EDGE = 3

/** What distinguishes a copy from a reversal. */
export interface Halves<State> {
  readonly machine: Machine<State>
  has(word: Word): boolean
  /** The second half of a first. */
  second(first: Word): Word
}

/**
 * Recognition of w#v, |w| = |v| = size at least 1. In the envelope the marker stands in the middle, the number of ones
 * is even, and the first and the last three symbols of the second half are right: nothing that a window, an edge or a
 * parity shows.
 */
export function halvesRecognition<State>({ machine, has, second }: Halves<State>): Recognition {
  const joined = (first: Word, last: Word): Word => Uint8Array.of(...first, MARKER, ...last)
  const inner = (size: number) =>
    (size >= 2 * EDGE + 2 ? [EDGE, size - 2 * EDGE] : [0, size]) as [number, number]
  const inEnvelope = (word: Word) => {
    const size = (word.length - 1) / 2
    if (!Number.isInteger(size) || word.indexOf(MARKER) !== size || word.lastIndexOf(MARKER) !== size)
      return false
    const wanted = second(word.subarray(0, size))
    const [from, count] = inner(size)
    if (size < 2) return true // no other word has an even number of ones
    const ones = word.filter(symbol => symbol === 1).length
    if (ones % 2 === 1) return false
    return wanted.every((symbol, i) => (i >= from && i < from + count) || word[size + 1 + i] === symbol)
  }
  const options: EnvelopedRecognition<State> = {
    machine,
    symbols: 2,
    has,
    inEnvelope,
    positive: (size, draws) => {
      const first = uniformWord(size, 2, draws)
      return joined(first, second(first))
    },
    member: (size, draws) => {
      const first = uniformWord(size, 2, draws)
      const last = second(first)
      const [from, count] = inner(size)
      last.set(uniformWord(count, 2, draws), from)
      return joined(first, last)
    },
    near: (positive, draws) => flip(positive, inner((positive.length - 1) / 2), draws),
  }
  return envelopedRecognition(options)
}

/** Flips two inner symbols of the second half (one where there is but one), so that parity stays. */
function flip(word: Word, [from, count]: [number, number], draws: Draws): Word {
  const start = (word.length + 1) / 2 + from
  const flipped = word.slice()
  for (const place of distinct(Math.min(2, count), count, draws)) flipped[start + place]! ^= 1
  return flipped
}
