/** Languages of one's own in a few lines: a regular expression, an automaton, a grammar, or a predicate with a sampler. */
import { ElmanError } from '@elman/core'
import type { Dfa } from '../automata/dfa.ts'
import { classOf } from '../automata/dfa.ts'
import { regexAutomaton } from '../automata/regex.ts'
import { grammarMachine } from '../machines/earley.ts'
import type { GrammarDescription } from '../machines/grammar.ts'
import { grammarCounts } from '../machines/grammar-counts.ts'
import type { Draws } from './draws.ts'
import { type EnvelopedRecognition, envelopedRecognition, uniformWord } from './enveloped.ts'
import type { Language, Level, Need, View, Word } from './language.ts'
import type { Machine } from './machine.ts'
import { regularLanguage } from './regular.ts'

/** What every definition has. */
interface Common {
  /** Letters, digits and dashes. */
  readonly id: string
  readonly title?: string
  readonly alphabet: readonly string[]
  /** 20 unless given. */
  readonly trainSize?: number
  readonly level?: Level
  readonly need?: Need
}

/** A second, independent definition by which the first can be checked; see `firstDisagreement`. */
interface Checked {
  /** Whether a word is in the language. */
  readonly has?: (word: Word) => boolean
}

/** By a regular expression, in the syntax of `parseRegex`. */
export interface RegexDefinition extends Common, Checked {
  readonly regex: string
}

/** By an automaton. With names of classes it is a function of prefixes, which only `dense` asks for. */
export interface AutomatonDefinition extends Common {
  readonly automaton: Dfa
  readonly classes?: readonly string[]
  /** The class of a word by a second definition. */
  readonly classOf?: (word: Word) => number
}

/** Ways to make negatives that resist finite-state rules; all words of the length unless given. */
export type Negatives = Partial<
  Pick<EnvelopedRecognition<unknown>, 'inEnvelope' | 'member' | 'near' | 'swap' | 'oneSymbol'>
>

/** By a context-free grammar without ambiguity, so that its words can be counted. */
export interface GrammarDefinition extends Common, Checked {
  readonly grammar: Omit<GrammarDescription, 'alphabet'>
  readonly negatives?: Negatives
}

/** By a predicate and a way to draw words of the language. */
export interface PredicateDefinition extends Common {
  /** Whether a word is in the language. */
  has(word: Word): boolean
  /** A word of the language of a size. */
  positive(size: number, draws: Draws): Word
  /** Its own size unless given. */
  readonly lengthOf?: (size: number) => number
  /** Whether the language has words of a size; every size from 1 unless given. */
  readonly hasSize?: (size: number) => boolean
  /** One that reads symbol by symbol; with its `next` there is the view `next-symbol`. It keeps the prefix unless given. */
  readonly machine?: Machine
  readonly negatives?: Negatives
}

/** Any of the ways to define a language. */
export type LanguageDefinition =
  | RegexDefinition
  | AutomatonDefinition
  | GrammarDefinition
  | PredicateDefinition

/**
 * A language with everything that the ladder needs: reference machine, samplers, negatives, views.
 *
 * @throws `LANGUAGE_INVALID` for an id or an alphabet that cannot be; `REGEX_INVALID`, `GRAMMAR_INVALID`,
 * `GRAMMAR_AMBIGUOUS`
 */
export function defineLanguage(definition: LanguageDefinition): Language {
  check(definition)
  if ('regex' in definition) {
    const { regex, has, ...common } = definition
    const automaton = regexAutomaton(regex, common.alphabet)
    return byAutomaton({ title: regex, ...common, automaton, ...(has && { classOf: w => Number(has(w)) }) })
  }
  if ('automaton' in definition) return byAutomaton(definition)
  return 'grammar' in definition ? byGrammar(definition) : byPredicate(definition)
}

function byAutomaton(definition: AutomatonDefinition): Language {
  const { id, automaton, classes } = definition
  return regularLanguage({
    title: id,
    trainSize: TRAIN_SIZE,
    classOf: word => classOf(automaton, word),
    ...definition,
    views: classes ? ['dense'] : ['recognise', 'dense', 'next-symbol'],
  })
}

function byGrammar({ grammar, has, negatives, ...common }: GrammarDefinition): Language {
  const description = { ...grammar, alphabet: common.alphabet }
  const counts = grammarCounts(description)
  const machine = grammarMachine(description)
  const parsed = (word: Word) =>
    machine.classOf(word.reduce((state, symbol) => machine.step(state, symbol), machine.start)) === 1
  return nonRegular({
    level: 'context-free',
    need: { memory: 'stack' },
    ...common,
    has: has ?? parsed,
    positive: (size, draws) => counts.sample(size, draws),
    hasSize: size => size >= 1 && counts.count(size) > 0n,
    machine: machine as Machine,
    ...(negatives && { negatives }),
  })
}

function byPredicate(definition: PredicateDefinition): Language {
  const { has } = definition
  const readAll: Machine<readonly number[]> = {
    kind: 'tape',
    start: [],
    step: (read, symbol) => [...read, symbol],
    classOf: read => Number(has(Uint8Array.from(read))),
    key: read => read.join(' '),
  }
  return nonRegular({ machine: readAll as Machine, ...definition })
}

function nonRegular(definition: PredicateDefinition & { readonly machine: Machine }): Language {
  const { id, alphabet, machine, has, positive, negatives } = definition
  const lengthOf = definition.lengthOf ?? ((size: number) => size)
  const views: View[] = machine.next ? ['recognise', 'dense', 'next-symbol'] : ['recognise', 'dense']
  return {
    id,
    title: definition.title ?? id,
    level: definition.level ?? 'context-sensitive',
    need: definition.need ?? {},
    alphabet,
    trainSize: definition.trainSize ?? TRAIN_SIZE,
    hasSize: definition.hasSize ?? (size => size >= 1),
    lengthOf,
    recognition: envelopedRecognition({
      machine,
      symbols: alphabet.length,
      has,
      positive,
      inEnvelope: () => true,
      member: (size, draws) => uniformWord(lengthOf(size), alphabet.length, draws),
      ...negatives,
    }),
    views,
  }
}

const TRAIN_SIZE = 20

/** Symbols and classes are bytes, and two or three numbers after the alphabet's are special symbols. */
const MOST_SYMBOLS = 250

function check({ id, alphabet }: Common): void {
  const invalid = (message: string, expected: string, found: string) => {
    throw new ElmanError('LANGUAGE_INVALID', { message, expected, found })
  }
  if (!/^[A-Za-z0-9-]+$/.test(id))
    invalid('the id of a language names files and probes', 'letters, digits and dashes', JSON.stringify(id))
  const size = new Set(alphabet).size
  if (size < alphabet.length)
    invalid(`two symbols of ${id} have one name`, 'different names', alphabet.join(' '))
  if (size < 2 || size > MOST_SYMBOLS)
    invalid(`the alphabet of ${id} has ${size} symbols`, `2 to ${MOST_SYMBOLS}`, alphabet.join(' '))
}
