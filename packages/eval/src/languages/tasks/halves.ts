/** Languages of words w v or w#v in which v is a permutation of w that length alone determines: copies, reversals. */
import type { Draws } from '../draws.ts'
import { distinct, envelopedRecognition, uniformWord } from '../enveloped.ts'
import type { Recognition, Word } from '../language.ts'
import type { Machine } from '../machine.ts'

/** Number of the marker after 0 and 1. */
export const MARKER = 2

/** Symbols at each edge of a half that negatives leave alone where the half is long enough to have two others. */
const EDGE = 3

/** What distinguishes a copy from a reversal. */
export interface Halves<State> {
  readonly machine: Machine<State>
  /** What stands between the halves, nothing or {@link MARKER}. */
  readonly marker: readonly number[]
  /** Length of a half by size. */
  halfOf(size: number): number
  has(word: Word): boolean
  /** The second half of a first. */
  second(first: Word): Word
}

/**
 * Recognition of such a language. In the envelope the marker stands in the middle, the number of ones is even, and the
 * first and the last three symbols of the second half are right: nothing that a window, an edge or a parity shows.
 */
export function halvesRecognition<State>(options: Halves<State>): Recognition {
  const { machine, marker, halfOf, has, second } = options
  const joined = (first: Word, last: Word): Word => Uint8Array.of(...first, ...marker, ...last)
  const inEnvelope = (word: Word) => {
    const half = (word.length - marker.length) / 2
    if (!Number.isInteger(half)) return false
    if (marker.length > 0 && (word.indexOf(MARKER) !== half || word.lastIndexOf(MARKER) !== half))
      return false
    if (half < 2) return true // no other word has an even number of ones
    if (word.filter(symbol => symbol === 1).length % 2 === 1) return false
    const [from, count] = inner(half)
    const last = word.subarray(half + marker.length)
    return second(word.subarray(0, half)).every(
      (symbol, i) => (i >= from && i < from + count) || last[i] === symbol,
    )
  }
  return envelopedRecognition({
    machine,
    symbols: 2 + marker.length,
    has,
    inEnvelope,
    positive(size, draws) {
      const first = uniformWord(halfOf(size), 2, draws)
      return joined(first, second(first))
    },
    member(size, draws) {
      const first = uniformWord(halfOf(size), 2, draws)
      const last = second(first)
      const [from, count] = inner(first.length)
      last.set(uniformWord(count, 2, draws), from)
      return joined(first, last)
    },
    near(positive, draws) {
      const half = (positive.length - marker.length) / 2
      const start = half + marker.length
      return flip(positive, start + inner(half)[0], inner(half)[1], draws)
    },
  })
}

/** Where negatives may differ in a half: from which place on, and how many places. */
function inner(half: number): [from: number, count: number] {
  const last = Math.max(0, Math.min(EDGE, half - 2))
  const first = Math.max(0, Math.min(EDGE, half - 2 - last))
  return [first, half - first - last]
}

/** Flips two symbols of a part (one where there is but one), so that the parity of the ones stays. */
function flip(word: Word, from: number, count: number, draws: Draws): Word {
  const flipped = word.slice()
  for (const place of distinct(Math.min(2, count), count, draws)) flipped[from + place]! ^= 1
  return flipped
}
