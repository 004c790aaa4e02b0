/**
 * A formal language as the ladder uses it: what it is, a reference machine, an independent definition, and exact
 * samplers. Everything else (views, baselines, training, certificates) is derived from these.
 */
import type { Dfa } from '../automata/dfa.ts'
import type { Machine, Transducer } from './machine.ts'

/** A word: the numbers of its symbols in the language's alphabet. */
export type Word = Uint8Array

/** Where a language stands, from weakest to strongest. */
export const LEVELS = [
  'sub-regular',
  'regular',
  'counter',
  'deterministic-context-free',
  'context-free',
  'context-sensitive',
] as const

/** One of {@link LEVELS}. */
export type Level = (typeof LEVELS)[number]

/**
 * What is asked of a learner about the same strings: the class at the end (`recognise`), the class after every prefix
 * (`dense`), the set of symbols that may follow, with the end among them (`next-symbol`), or an output word after the
 * input (`transduce`).
 */
export const VIEWS = ['recognise', 'dense', 'next-symbol', 'transduce'] as const

/** One of {@link VIEWS}. */
export type View = (typeof VIEWS)[number]

/**
 * Where a string stands: string `index` of a stream is the same on every machine and can be made alone. Streams of
 * different names share no random number.
 */
export interface StreamPosition {
  readonly seed: number
  /** Such as `train`, `validation`, `test`. */
  readonly stream: string
  /** The size that the string has; see `Language.lengthOf`. */
  readonly size: number
  readonly index: number
}

/** A word and the class it has. */
export interface LabelledWord {
  readonly word: Word
  readonly label: number
  /** How it was made, for a summary of negatives: `positive`, `one-symbol`, `swap`, `envelope`, `complement`. */
  readonly origin: string
}

/** The part of a language that sorts words into classes. A language proper has the classes `no` and `yes`. */
export interface Recognition {
  /** Texts of the classes; with two of them, 1 is "in the language". */
  readonly classes: readonly string[]
  /** The single source of truth: classes, next symbols and counterexamples come from it. */
  readonly machine: Machine
  /** The class by a direct definition, written without the machine. */
  classOf(word: Word): number
  /** Whether `dense` asks for the class of a prefix of this length; of every prefix unless given. */
  asks?(length: number): boolean
  /** Words that are ever drawn or asked about: those of class 1 here. All words unless given. */
  readonly domain?: Dfa
  /** A word of a size with its class, classes balanced; what `recognise` and `dense` are trained and tested on. */
  sample(at: StreamPosition): LabelledWord
  /** A word of the language, as uniform as can be; what `next-symbol` is trained and tested on. */
  samplePositive?(at: StreamPosition): Word
}

/** The part of a language that is a function from words to words. */
export interface Transduction {
  /** Texts of the output's symbols. */
  readonly outputs: readonly string[]
  readonly machine: Transducer
  /** The output by a direct definition, written without the machine. */
  transduce(word: Word): Word
  /** Length of the output by that of the input. */
  outputLength(length: number): number
  /** Which places of an output count; all of them unless given. */
  scored?(output: Word): Uint8Array
  /** Which places the training loss counts; the scored ones unless given. */
  trained?(output: Word): Uint8Array
  /** Steps with a delimiter between input and output: free steps to move a head. */
  readonly delimiters: number
  /** An input of a size. */
  sample(at: StreamPosition): Word
}

/** What a language asks of a machine; stands beside its results. */
export interface Need {
  readonly states?: number
  readonly counters?: number
  readonly memory?: 'stack' | 'queue' | 'tape'
}

/** A language or function on words. */
export interface Language {
  /** Letters, digits and dashes: `parity`, `tomita-4`. */
  readonly id: string
  /** One line. */
  readonly title: string
  readonly level: Level
  readonly need: Need
  /** Texts of the symbols. */
  readonly alphabet: readonly string[]
  /** Training sizes run from 1 to this unless the run says otherwise. */
  readonly trainSize: number
  /** Whether there are strings of a size in every class that is asked for. */
  hasSize(size: number): boolean
  /** Length of the words of a size: its own unless the language counts otherwise (aⁿbⁿ counts in n). */
  lengthOf(size: number): number
  /** Present when words have classes. */
  readonly recognition?: Recognition
  /** Present when it is a function on words. */
  readonly transduction?: Transduction
  /** Views that make sense. */
  readonly views: readonly View[]
}

/** What registry entries of languages carry besides the common fields. */
export interface LanguageFields {
  /**
   * False for an entry that is not among "all languages" of a list or a profile, such as the tasks of a publication:
   * it is found by its config. True unless given.
   */
  readonly listed?: boolean
}

declare module '@elman/core' {
  interface ExtensionPoints {
    language: { product: Language; fields: LanguageFields }
  }
}
