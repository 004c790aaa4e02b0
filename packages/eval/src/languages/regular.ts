/**
 * A regular language from its automaton: exactly uniform samplers of every class, and for languages proper negatives of
 * two strata, those one symbol away from the language and all of them.
 */
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { product } from '../automata/product.ts'
import { type WordCounts, wordCounts } from '../automata/word-counts.ts'
import { finiteMachine } from '../machines/finite.ts'
import { type Draws, drawsAt } from './draws.ts'
import { tabulate } from './finite.ts'
import type {
  LabelledWord,
  Language,
  Level,
  Need,
  Recognition,
  StreamPosition,
  View,
  Word,
} from './language.ts'

/** What a regular language is made from. */
export interface RegularLanguage {
  readonly id: string
  readonly title: string
  /** `regular` unless given. */
  readonly level?: Level
  /** The number of states unless given. */
  readonly need?: Need
  readonly alphabet: readonly string[]
  readonly trainSize: number
  readonly automaton: Dfa
  /** Names of the classes; `no` and `yes` unless given. With names of its own it is a function of prefixes. */
  readonly classes?: readonly string[]
  /** The class by a direct definition. */
  classOf(word: Word): number
  readonly views: readonly View[]
  /** Words that are drawn: those of class 1 here. All words unless given. */
  readonly domain?: Dfa
  /** Prefixes that `dense` asks about, by length. */
  readonly asks?: (length: number) => boolean
  /** Words, where those of a function are not to be drawn uniformly in each class. */
  readonly draw?: (at: StreamPosition) => Word
}

/** A complete language from an automaton and a direct definition. */
export function regularLanguage(options: RegularLanguage): Language {
  const { alphabet, domain, classOf, draw } = options
  const automaton = minimise(options.automaton)
  const classes = options.classes ?? ['no', 'yes']
  const proper = options.classes === undefined
  const labels = classes.map((_, label) => label)
  const words = wordCounts(
    domain ? product(automaton, domain, (label, inside) => (inside ? label : OUTSIDE)) : automaton,
  )
  const labelsAt = (length: number) => labels.filter(label => words.count(label, length) > 0n)
  const sampleClass = (at: StreamPosition): LabelledWord => {
    const present = labelsAt(at.size)
    const label = present[at.index % present.length]!
    const draws = drawsAt(at)
    if (proper && label === 0) return negative(at.size, draws)
    return { word: words.sample(label, at.size, draws), label, origin: proper ? 'positive' : classes[label]! }
  }
  // a table that may be large, made when the first negative is drawn
  let near: WordCounts | null | undefined
  const negative = (length: number, draws: Draws): LabelledWord => {
    if (near === undefined) near = nearCounts(automaton)
    const close = draws.below(2) === 0 && near !== null && near.count(1, length) > 0n
    const word = close ? near!.sample(1, length, draws) : words.sample(0, length, draws)
    return { word, label: 0, origin: close ? 'one-symbol' : 'complement' }
  }
  const labelled = (word: Word): LabelledWord => ({ word, label: classOf(word), origin: 'drawn' })
  const machine = finiteMachine(automaton)
  const { next: _, ...functionMachine } = machine // its classes are not out and in
  const recognition: Recognition = {
    classes,
    machine: proper ? machine : functionMachine,
    classOf,
    ...(options.asks && { asks: options.asks }),
    ...(domain && { domain }),
    sample: draw ? at => labelled(draw(at)) : sampleClass,
    ...(proper && { samplePositive: at => words.sample(1, at.size, drawsAt(at, 'positive')) }),
  }
  return {
    id: options.id,
    title: options.title,
    level: options.level ?? 'regular',
    need: options.need ?? { states: automaton.classes.length },
    alphabet,
    trainSize: options.trainSize,
    hasSize: size => size >= 1 && (draw !== undefined || labelsAt(size).length >= (proper ? 2 : 1)),
    lengthOf: size => size,
    recognition,
    views: options.views,
  }
}

function nearCounts(automaton: Dfa): WordCounts | null {
  const near = nearMisses(automaton)
  return near ? wordCounts(near) : null
}

/** Class of words outside a domain; no language has so many. */
const OUTSIDE = 255

/** With more subsets than this, near misses are not counted, so that no table outgrows the memory. */
const MOST_SUBSETS = 20_000

/**
 * The automaton of the words outside a language that lie in it once exactly one symbol is changed. A state holds where
 * the word leads, and where the words that differ from it in one symbol lead.
 *
 * @returns undefined when the table would be too large
 */
export function nearMisses({ symbols, start, next, classes }: Dfa): Dfa | undefined {
  let steps = 0
  const step = ([state, others]: NearState, symbol: number): NearState => {
    if (++steps > MOST_SUBSETS * symbols) throw TOO_MANY
    const after = new Set(others.map(other => next[other * symbols + symbol]!))
    for (let other = 0; other < symbols; other++) {
      if (other !== symbol) after.add(next[state * symbols + other]!)
    }
    return [next[state * symbols + symbol]!, [...after].sort((x, y) => x - y)]
  }
  try {
    return minimise(
      tabulate<NearState>({
        symbols,
        start: [start, []],
        step,
        classOf: ([state, others]) =>
          Number(classes[state] === 0 && others.some(other => classes[other] === 1)),
      }),
    )
  } catch (error) {
    if (error === TOO_MANY) return undefined
    throw error
  }
}

type NearState = readonly [state: number, others: readonly number[]]
const TOO_MANY = new Error('too many subsets')
