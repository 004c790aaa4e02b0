/**
 * A regular language from its automaton: exactly uniform samplers of every class, and for languages proper negatives of
 * two strata, those one symbol away from the language and all of them.
 */
import type { Dfa } from '../automata/dfa.ts'
import { type CountedWords, countWords } from './counting.ts'
import { type Draws, drawsAt } from './draws.ts'
import { finiteMachine, tabulate } from './finite.ts'
import type { LabelledWord, Language, Level, Need, Recognition, View, Word } from './language.ts'

/** What a regular language is made from. */
export interface RegularLanguage {
  readonly id: string
  readonly title: string
  /** `regular` unless given. */
  readonly level?: Level
  readonly need?: Need
  readonly alphabet: readonly string[]
  readonly trainSize: number
  /** Minimal, with the classes of `classes`. */
  readonly automaton: Dfa
  /** The classes `no` and `yes` unless given; more than these make it a function of prefixes. */
  readonly classes?: readonly string[]
  /** The class by a direct definition. */
  classOf(word: Word): number
  readonly views: readonly View[]
  /** Sizes that count; all from 1 unless given. */
  readonly sizes?: (size: number) => boolean
  /** Restricts the words that are drawn: only those after which this automaton has class 1. */
  readonly domain?: Dfa
  readonly asks?: (length: number) => boolean
}

/** A complete language from an automaton and a direct definition. */
export function regularLanguage(options: RegularLanguage): Language {
  const { automaton, alphabet, domain, sizes } = options
  const classes = options.classes ?? ['no', 'yes']
  const proper = options.classes === undefined
  const drawn = domain ? within(automaton, domain) : automaton
  const words = classes.map((_, label) => countWords(drawn, state => drawn.classes[state] === label))
  const near = proper && !domain ? nearMisses(automaton) : undefined
  const labelsOf = (length: number) => classes.flatMap((_, c) => (words[c]!.count(length) > 0n ? [c] : []))
  const hasSize = (size: number) =>
    size >= 1 && (sizes?.(size) ?? true) && labelsOf(size).length >= (proper ? 2 : 1)

  const negative = (length: number, draws: Draws): LabelledWord => {
    const close = draws.below(2) === 0 && near && near.count(length) > 0n
    const word = (close ? near : words[0]!).draw(length, draws)
    return { word, label: 0, origin: close ? 'one-symbol' : 'complement' }
  }
  const recognition: Recognition = {
    classes,
    machine: finiteMachine(automaton, proper),
    classOf: options.classOf,
    ...(options.asks && { asks: options.asks }),
    sample(at) {
      const draws = drawsAt(at)
      const labels = labelsOf(at.size)
      const label = labels[at.index % labels.length]!
      if (proper && label === 0) return negative(at.size, draws)
      return {
        word: words[label]!.draw(at.size, draws),
        label,
        origin: proper ? 'positive' : classes[label]!,
      }
    },
    ...(proper && { samplePositive: at => words[1]!.draw(at.size, drawsAt(at, 'positive')) }),
  }
  return {
    id: options.id,
    title: options.title,
    level: options.level ?? 'regular',
    need: options.need ?? { states: automaton.classes.length },
    alphabet,
    trainSize: options.trainSize,
    hasSize,
    lengthOf: size => size,
    recognition,
    views: options.views,
  }
}

/** The automaton with its classes where `domain` has class 1, and one class more elsewhere. */
function within(automaton: Dfa, domain: Dfa): Dfa {
  const { symbols } = automaton
  return tabulate<readonly [number, number]>({
    symbols,
    start: [automaton.start, domain.start],
    step: ([q, d], a) => [automaton.next[q * symbols + a]!, domain.next[d * symbols + a]!],
    classOf: ([q, d]) => (domain.classes[d] === 1 ? automaton.classes[q]! : 255),
  })
}

/** More subsets than this and near misses are not counted, so that no table outgrows the memory. */
const MOST_SUBSETS = 20_000

/**
 * The words outside a language that lie in it once exactly one symbol is changed. A state holds where the word leads,
 * and where the words one symbol away from it lead.
 *
 * @returns undefined when the table would be too large
 */
export function nearMisses({ symbols, start, next, classes }: Dfa): CountedWords | undefined {
  let seen = 0
  const step = ([state, others]: NearState, symbol: number): NearState => {
    if (++seen > MOST_SUBSETS * symbols) throw TOO_MANY
    const after = new Set(others.map(other => next[other * symbols + symbol]!))
    for (let other = 0; other < symbols; other++) {
      if (other !== symbol) after.add(next[state * symbols + other]!)
    }
    return [next[state * symbols + symbol]!, [...after].sort((x, y) => x - y)]
  }
  try {
    const near = tabulate<NearState>({
      symbols,
      start: [start, []],
      step,
      classOf: ([state, others]) =>
        classes[state] === 0 && others.some(other => classes[other] === 1) ? 1 : 0,
    })
    return countWords(near, state => near.classes[state] === 1)
  } catch (error) {
    if (error === TOO_MANY) return undefined
    throw error
  }
}

type NearState = readonly [state: number, others: readonly number[]]
const TOO_MANY = new Error('too many subsets')
