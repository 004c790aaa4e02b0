/**
 * Recognition of a language that no automaton decides. Its negatives lie in a regular envelope: they pass every test
 * that a finite-state rule could make (right markers, lengths, edges, parities), so that what tells them apart is the
 * language itself.
 *
 * Of sixteen negatives one is a positive with a symbol changed anywhere, which may leave the envelope; seven are near
 * misses inside the envelope, four are random members of it, four are positives with two unequal symbols exchanged.
 */
import { ElmanError } from '@elman/core'
import { type Draws, drawsAt } from './draws.ts'
import type { LabelledWord, Recognition, Word } from './language.ts'
import type { Machine } from './machine.ts'

/** What the samplers are made from. */
export interface EnvelopedRecognition<State> {
  readonly machine: Machine<State>
  readonly symbols: number
  /** The direct definition. */
  has(word: Word): boolean
  /** A word of the language of a size, as uniform as can be. */
  positive(size: number, draws: Draws): Word
  /** Whether a word is in the envelope, a regular set around the language. */
  inEnvelope(word: Word): boolean
  /** A random member of the envelope; may be in the language. */
  member(size: number, draws: Draws): Word
  /** A change of a positive as small as the envelope allows; otherwise one symbol is changed, or two. */
  near?(positive: Word, draws: Draws): Word
  /** A positive with two unequal symbols exchanged, where not any two may be. */
  swap?(positive: Word, draws: Draws): Word
  /** A positive with one symbol changed to another, where not any may be: any symbol at any place unless given. */
  oneSymbol?(positive: Word, draws: Draws): Word
}

type Try = (size: number, draws: Draws) => Word

const TRIES = 40

/** The recognition of a language with an envelope. */
export function envelopedRecognition<State>(options: EnvelopedRecognition<State>): Recognition {
  const { has, inEnvelope, positive, member, symbols } = options
  const changed = (times: number): Try => {
    return (size, draws) => changeSymbols(positive(size, draws), times, symbols, draws)
  }
  const ways: Record<string, readonly Try[]> = {
    'near-miss': options.near
      ? [(size, draws) => options.near!(positive(size, draws), draws)]
      : [changed(1), changed(2)],
    envelope: [member],
    swap: [(size, draws) => (options.swap ?? swapSymbols)(positive(size, draws), draws)],
    'one-symbol': options.oneSymbol
      ? [(size, draws) => options.oneSymbol!(positive(size, draws), draws), changed(1)]
      : [changed(1)],
  }
  const attempt = (origin: string, size: number, draws: Draws): LabelledWord | undefined => {
    for (const way of ways[origin]!) {
      for (let tried = 0; tried < TRIES; tried++) {
        const word = way(size, draws)
        if (!has(word) && (origin === 'one-symbol' || inEnvelope(word))) return { word, label: 0, origin }
      }
    }
    return undefined
  }
  const negative = (size: number, draws: Draws): LabelledWord => {
    const first = ORIGINS[draws.below(ORIGINS.length)]!
    for (const origin of [first, 'near-miss', 'envelope', 'swap', 'one-symbol']) {
      const found = attempt(origin, size, draws)
      if (found) return found
    }
    throw new ElmanError('LANGUAGE_NO_NEGATIVE', {
      message: `no word outside the language was found for size ${size}`,
      expected:
        'an envelope with words outside the language, or positives that leave it when a symbol changes',
    })
  }
  return {
    classes: ['no', 'yes'],
    machine: options.machine as Machine,
    classOf: word => Number(has(word)),
    sample(at) {
      const draws = drawsAt(at)
      if (at.index % 2 === 0) return negative(at.size, draws)
      return { word: positive(at.size, draws), label: 1, origin: 'positive' }
    },
    samplePositive: at => positive(at.size, drawsAt(at, 'positive')),
  }
}

const ORIGINS = ['one-symbol', 'near-miss', 'envelope', 'swap'].flatMap((origin, i) =>
  Array<string>([1, 7, 4, 4][i]!).fill(origin),
)

/** A word with symbols changed to others at so many different places, uniform among the ways to do so. */
export function changeSymbols(word: Word, times: number, symbols: number, draws: Draws): Word {
  const changed = word.slice()
  const places = distinct(Math.min(times, word.length), word.length, draws)
  for (const place of places) changed[place] = (word[place]! + 1 + draws.below(symbols - 1)) % symbols
  return changed
}

/** A word with two unequal symbols exchanged; itself when all its symbols are equal. */
export function swapSymbols(word: Word, draws: Draws): Word {
  const unequal = word.some(symbol => symbol !== word[0])
  while (unequal) {
    const [i, j] = distinct(2, word.length, draws) as [number, number]
    if (word[i] === word[j]) continue
    const swapped = word.slice()
    swapped[i] = word[j]!
    swapped[j] = word[i]!
    return swapped
  }
  return word
}

/** Different numbers below a bound, in the order in which they are drawn. */
export function distinct(count: number, bound: number, draws: Draws): number[] {
  // a shuffle of 0 … bound − 1 that stops early and remembers only what it moved
  const moved = new Map<number, number>()
  return Array.from({ length: count }, (_, i) => {
    const j = i + draws.below(bound - i)
    const chosen = moved.get(j) ?? j
    moved.set(j, moved.get(i) ?? i)
    return chosen
  })
}

/** A uniform word. */
export function uniformWord(length: number, symbols: number, draws: Draws): Word {
  return Uint8Array.from({ length }, () => draws.below(symbols))
}
