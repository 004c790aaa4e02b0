/** Words that are almost well-nested: nothing in a window, at an edge or in the counts of brackets gives them away. */
import type { Draws } from '../draws.ts'
import { distinct } from '../enveloped.ts'
import type { Word } from '../language.ts'
import { Binomials } from './brackets.ts'

/** Symbols that rules of windows and edges see. Both ends of a word stay as they are where it is long enough. */
const WINDOW = 6

/** How many symbols stay at each end of a word. */
export function edgeOf(length: number): number {
  return Math.max(0, Math.min(WINDOW, Math.floor(length / 2) - 4))
}

const binomials = new Binomials()

/** Number of free paths of steps ±1 from one height to another. */
function free(length: number, from: number, to: number): bigint {
  const ups = (length + to - from) / 2
  return Number.isInteger(ups) ? binomials.of(length, ups) : 0n
}

/** Number of those that stay at or above a floor, by reflection. */
function above(floor: number, length: number, from: number, to: number): bigint {
  if (from < floor || to < floor) return 0n
  return free(length, from, to) - free(length, from, 2 * (floor - 1) - to)
}

/** Brackets of one kind as heights: 0 opens, 1 closes. */
const heightOf = (word: Word): number => word.reduce((height, symbol) => height + (symbol === 0 ? 1 : -1), 0)

/**
 * The middle of a word of one kind of brackets, drawn anew among the paths between the same heights that dip below the
 * ground, to −1 and no deeper (`depth` 1) or to anywhere; all of them alike. Itself where there is none.
 *
 * @param from first symbol that may change
 * @param to the one after the last
 */
export function dip(word: Word, from: number, to: number, depth: 1 | 'any', draws: Draws): Word {
  const start = heightOf(word.subarray(0, from))
  const end = start + heightOf(word.subarray(from, to))
  const floor = depth === 1 ? -1 : -word.length
  const ways = (left: number, at: number, dipped: boolean) =>
    above(floor, left, at, end) - (dipped ? 0n : above(0, left, at, end))
  if (ways(to - from, start, false) === 0n) return word
  const changed = word.slice()
  let height = start
  let dipped = false
  for (let place = from; place < to; place++) {
    const left = to - place - 1
    const up = ways(left, height + 1, dipped)
    const down = ways(left, height - 1, dipped || height === 0)
    const rises = draws.bigBelow(up + down) < up
    changed[place] = rises ? 0 : 1
    height += rises ? 1 : -1
    dipped ||= height < 0
  }
  return changed
}

/** Whether as many brackets of one kind close as open. */
export const isBalanced = (word: Word): boolean => heightOf(word) === 0

/**
 * Pairs of brackets that no window and no two edges show together; in short words all pairs. Empty where they are of
 * one kind, for then none can be exchanged.
 */
export function hiddenPairs(word: Word): (readonly [open: number, close: number])[] {
  const open: number[] = []
  const pairs: [number, number][] = []
  for (const [i, symbol] of word.entries()) {
    if (symbol % 2 === 0) open.push(i)
    else pairs.push([open.pop()!, i])
  }
  const edge = edgeOf(word.length)
  const hidden =
    edge < WINDOW
      ? pairs
      : pairs.filter(([from, to]) => to - from >= WINDOW && (from >= edge || to < word.length - edge))
  return new Set(hidden.map(([from]) => word[from])).size > 1 ? hidden : []
}

/** Two opening (side 0) or closing (side 1) brackets of different kinds change places; itself where none can. */
export function exchangeBrackets(word: Word, side: 0 | 1, draws: Draws): Word {
  const places = hiddenPairs(word).map(pair => pair[side])
  if (places.length === 0) return word
  for (;;) {
    const [i, j] = distinct(2, places.length, draws).map(k => places[k]!) as [number, number]
    if (word[i] === word[j]) continue
    const exchanged = word.slice()
    exchanged[i] = word[j]!
    exchanged[j] = word[i]!
    return exchanged
  }
}

/** The kinds of closing brackets in a random order, another than before; itself where there is none. */
export function shuffleClosing(word: Word, draws: Draws): Word {
  const places = hiddenPairs(word).map(pair => pair[1])
  if (places.length === 0) return word
  for (;;) {
    const order = distinct(places.length, places.length, draws)
    const shuffled = word.slice()
    for (const [i, place] of places.entries()) shuffled[place] = word[places[order[i]!]!]!
    if (shuffled.some((symbol, i) => symbol !== word[i])) return shuffled
  }
}
