/**
 * All words, level by level (K2): the prefix tree is walked once, so a word costs one step, and words that lead the
 * network to bitwise equal states and the reference to the same state are walked as one. E* is the largest n such that
 * every word of at most n symbols is answered right.
 */
import type { Word } from '../languages/language.ts'
import { StateTable } from './state-table.ts'
import type { Reference, Subject } from './subject.ts'
import { type Answered, select } from './subject.ts'

/** Bounds of an enumeration. */
export interface ExhaustiveOptions {
  /** Steps of the network; the next level is not begun where they might not suffice. Default 2²¹: binary words to 20. */
  readonly steps?: number
  /** Longest words; default 64, reached only by networks with few states. */
  readonly length?: number
  /** Bytes that one level's states may take; default 256 MiB. */
  readonly bytes?: number
  /** States in one call of the network; default 4096. */
  readonly batch?: number
}

/** A word that is answered wrong. */
export interface WrongWord {
  readonly word: Word
  readonly wanted: number
  readonly answered: number
}

/** What an enumeration found. */
export interface Exhaustive {
  /** E*: all words of at most this length are right; −1 when the empty one is wrong. */
  readonly length: number
  /** Number of these words. */
  readonly words: bigint
  /** Steps of the network that were looked at; fewer than words where they share states. */
  readonly steps: number
  /** The first wrong word, by length, then by symbols. */
  readonly wrong?: WrongWord
  /** Why it ended: a wrong word, or which bound. */
  readonly stopped: 'wrong' | 'steps' | 'length' | 'bytes'
}

/** Looks at every word of 0, 1, 2 … symbols until one is wrong or a bound is met. */
export async function exhaustive(
  subject: Subject,
  reference: Reference,
  options: ExhaustiveOptions = {},
): Promise<Exhaustive> {
  const { steps: budget = 2 ** 21, length: longest = 64, bytes = 2 ** 28, batch = 4096 } = options
  const { symbols, stateSize } = subject
  const parents: Int32Array[] = [] // for words again: row of the level before, and symbol
  const letters: Uint8Array[] = []
  const start = await subject.start()
  let level: Level = { ...start, wanted: Int32Array.of(reference.start) }
  let words = 1n
  let steps = 0
  let width = 1n
  if (start.answers[0] !== reference.answer(reference.start)) {
    const wrong = {
      word: new Uint8Array(0),
      wanted: reference.answer(reference.start),
      answered: start.answers[0]!,
    }
    return { length: -1, words: 0n, steps, wrong, stopped: 'wrong' }
  }
  for (let length = 0; ; length++) {
    const end = (stopped: Exhaustive['stopped']): Exhaustive => ({ length, words, steps, stopped })
    const rows = level.answers.length
    if (length === longest) return end('length')
    if (steps + rows * symbols > budget) return end('steps')
    if (rows * symbols * (stateSize * 4 + 16) > bytes) return end('bytes')
    const last = length + 1 === longest
    const table = new StateTable(stateSize, Math.min(rows * symbols, batch))
    const parent: number[] = []
    const letter: number[] = []
    const whole = Math.max(1, Math.floor(batch / symbols))
    for (let from = 0; from < rows; from += whole) {
      const to = Math.min(rows, from + whole)
      const after = await children(subject, level, from, to)
      for (let child = 0; child < after.answers.length; child++) {
        const row = from + Math.floor(child / symbols)
        const symbol = child % symbols
        const state = reference.next(level.wanted[row]!, symbol)
        if (after.answers[child] !== reference.answer(state)) {
          const word = wordTo(parents, letters, row, symbol)
          const wrong = { word, wanted: reference.answer(state), answered: after.answers[child]! }
          return { ...end('wrong'), steps: steps + child + 1, wrong }
        }
        if (last || !table.add(after.states, child * stateSize, state, after.answers[child]!)) continue
        parent.push(row)
        letter.push(symbol)
      }
      steps += after.answers.length
    }
    width *= BigInt(symbols)
    words += width
    parents.push(Int32Array.from(parent))
    letters.push(Uint8Array.from(letter))
    level = { ...table.content(), wanted: table.tags() }
    if (last) return { length: length + 1, words, steps, stopped: 'length' }
  }
}

interface Level extends Answered {
  /** States of the reference. */
  readonly wanted: Int32Array
}

/** Every row stepped with every symbol, symbols fastest. */
export async function children(
  subject: Subject,
  level: Answered,
  from: number,
  to: number,
): Promise<Answered> {
  const { symbols, stateSize } = subject
  const rows = Int32Array.from({ length: (to - from) * symbols }, (_, i) => from + Math.floor(i / symbols))
  const inputs = Uint8Array.from(rows, (_, i) => i % symbols)
  return subject.step(select(level, rows, stateSize), inputs)
}

function wordTo(parents: Int32Array[], letters: Uint8Array[], row: number, symbol: number): Word {
  const word = [symbol]
  for (let level = parents.length - 1, at = row; level >= 0; level--) {
    word.push(letters[level]![at]!)
    at = parents[level]![at]!
  }
  return Uint8Array.from(word.reverse())
}
