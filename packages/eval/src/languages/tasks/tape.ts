/** S2 and S3: functions that a head which moves over a tape computes, and one stack or queue does not. */
import type { Language, Word } from '../language.ts'
import { bitFunction } from './bit-function.ts'

/** Between input and output two free steps, in which a head can move back to the start. */
const DELIMITERS = 2

const ON_TAPE = { level: 'context-sensitive', need: { memory: 'tape' }, delimiters: DELIMITERS } as const

/** Reads a tape by a head that is moved after each cell, and stands at 0 in the beginning. */
function walkTape(word: Word, steps: number, move: (head: number) => number): Word {
  let head = 0
  return Uint8Array.from({ length: steps }, () => {
    const symbol = word[head]!
    head = move(head)
    return symbol
  })
}

/** S2: w to ww. */
export const duplicate: Language = bitFunction({
  ...ON_TAPE,
  id: 'duplicate',
  title: 'a word over 0 and 1 twice',
  trainSize: 8,
  machine: {
    kind: 'tape',
    transduce: word => walkTape(word, 2 * word.length, head => (head + 1 === word.length ? 0 : head + 1)),
  },
  transduce: word => Uint8Array.of(...word, ...word),
  outputLength: length => 2 * length,
})

/** S3: the 1st, 3rd, 5th … symbol, then the 2nd, 4th … */
export const oddsFirst: Language = bitFunction({
  ...ON_TAPE,
  id: 'odds-first',
  title: 'symbols 1, 3, 5 …, then 2, 4, 6 … of a word',
  trainSize: 12,
  machine: {
    kind: 'tape',
    transduce: word => walkTape(word, word.length, head => (head + 2 < word.length ? head + 2 : 1)),
  },
  transduce: word =>
    Uint8Array.of(...word.filter((_, i) => i % 2 === 0), ...word.filter((_, i) => i % 2 === 1)),
})
