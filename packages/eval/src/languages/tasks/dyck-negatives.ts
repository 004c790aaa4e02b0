/** Words that are almost well-nested: nothing in a window, at an edge or in the counts of brackets gives them away. */
import type { Draws } from '../draws.ts'
import { distinct } from '../enveloped.ts'
import type { Word } from '../language.ts'

/** Symbols of a window that strictly local rules see. */
const WINDOW = 6
const EDGE = 3

/** Heights after each symbol of brackets of one kind. */
function heights(word: Word): number[] {
  let height = 0
  return Array.from(word, symbol => {
    height += symbol % 2 === 0 ? 1 : -1
    return height
  })
}

/** Whether as many brackets close as open, and neither end shows a mistake to one who sees three symbols. */
function isBalanced(word: Word): boolean {
  const all = heights(word)
  const edges = [...all.slice(0, EDGE), ...all.slice(-EDGE)]
  return (
    word.length === 0 || (all.at(-1) === 0 && edges.every(height => height >= 0 || word.length <= 2 * EDGE))
  )
}

/** The envelope of one kind of brackets and its members: as many 1 as 0. */
export const balancedMember = {
  inEnvelope: isBalanced,
  member(size: number, draws: Draws): Word {
    const word = new Uint8Array(size)
    for (const place of distinct(size / 2, size, draws)) word[place] = 1
    return word
  },
}

/**
 * Turns an outermost pair ( … ) to ) … (, which dips below the ground by one, no deeper. The first and the last of
 * several outermost pairs stay.
 */
export function nearBalanced(word: Word, draws: Draws): Word {
  const ends = heights(word).flatMap((height, i) => (height === 0 ? [i] : []))
  const chosen = ends.length > 2 ? 1 + draws.below(ends.length - 2) : draws.below(ends.length)
  const turned = word.slice()
  turned[chosen === 0 ? 0 : ends[chosen - 1]! + 1] = 1
  turned[ends[chosen]!] = 0
  return turned
}

/** Places of the brackets of pairs that are too far apart for a window, or of all pairs when there are not two kinds. */
function pairPlaces(word: Word): [open: number, close: number][] {
  const open: number[] = []
  const pairs: [number, number][] = []
  for (const [i, symbol] of word.entries()) {
    if (symbol % 2 === 0) open.push(i)
    else pairs.push([open.pop()!, i])
  }
  const far = pairs.filter(([from, to]) => to - from >= WINDOW)
  return new Set(far.map(([from]) => word[from])).size > 1 ? far : pairs
}

/** Two opening (side 0) or closing (side 1) brackets of different kinds change places; itself where all are alike. */
export function exchangeFar(word: Word, side: 0 | 1, draws: Draws): Word {
  const places = pairPlaces(word).map(pair => pair[side])
  if (places.every(place => word[place] === word[places[0]!])) return word
  const exchanged = word.slice()
  while (exchanged.every((symbol, i) => symbol === word[i])) {
    const [i, j] = distinct(2, places.length, draws).map(k => places[k]!) as [number, number]
    exchanged[i] = word[j]!
    exchanged[j] = word[i]!
  }
  return exchanged
}

/** The kinds of closing brackets in a random order. */
export function shuffleFar(word: Word, draws: Draws): Word {
  const places = pairPlaces(word).map(pair => pair[1])
  const order = distinct(places.length, places.length, draws)
  const shuffled = word.slice()
  for (const [i, place] of places.entries()) shuffled[place] = word[places[order[i]!]!]!
  return shuffled
}
