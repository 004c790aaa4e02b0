/** Names of the special tokens of word tokenizers, as released language models have them. */
import { WORD_RULES, type WordRule } from './word-rules.ts'

/** What the special tokens are called; those without name are not used. */
export interface WordTokenNames {
  readonly unknown: string
  readonly padding: string
  /** Begins each text. */
  readonly beginning: string
  readonly end: string | undefined
  /** Begins a field of a text, with its number. */
  readonly field: string
  /** Before a number of times and a character. */
  readonly repeatedCharacter: string
  /** Before a number of times and a word. */
  readonly repeatedWord: string
  /** Before a word that was in capitals. */
  readonly upperCase: string
  /** Before a word that began with a capital. */
  readonly capital: string | undefined
  /** Shorter words in capitals only become small. */
  readonly shortestUpperCase: number
}

/** Names, their ids, and the rules that go with them. */
export interface WordPreset {
  readonly names: WordTokenNames
  /** Tokens with ids from 0. */
  readonly first: readonly string[]
  readonly rules: readonly WordRule[]
}

const FASTAI: WordTokenNames = {
  unknown: 'xxunk',
  padding: 'xxpad',
  beginning: 'xxbos',
  end: 'xxeos',
  field: 'xxfld',
  repeatedCharacter: 'xxrep',
  repeatedWord: 'xxwrep',
  upperCase: 'xxup',
  capital: 'xxmaj',
  shortestUpperCase: 2,
}

/** Presets by name: fastai v2, fastai v1 (other ids), and the scripts of the ULMFiT paper on fastai 0.7. */
export const WORD_PRESETS = {
  'fastai-v2': {
    names: FASTAI,
    first: ['xxunk', 'xxpad', 'xxbos', 'xxeos', 'xxfld', 'xxrep', 'xxwrep', 'xxup', 'xxmaj'],
    rules: WORD_RULES,
  },
  'fastai-v1': {
    names: FASTAI,
    first: ['xxunk', 'xxpad', 'xxbos', 'xxeos', 'xxfld', 'xxmaj', 'xxup', 'xxrep', 'xxwrep'],
    rules: WORD_RULES,
  },
  'imdb-scripts': {
    names: {
      unknown: '_unk_',
      padding: '_pad_',
      beginning: 'xbos',
      end: undefined,
      field: 'xfld',
      repeatedCharacter: 'tk_rep',
      repeatedWord: 'tk_wrep',
      upperCase: 't_up',
      capital: undefined,
      shortestUpperCase: 3,
    },
    first: ['_unk_', '_pad_'],
    rules: WORD_RULES.filter(rule => rule !== 'capitals'),
  },
} as const satisfies { readonly [name: string]: WordPreset }

/** Name of a preset. */
export type WordPresetName = keyof typeof WORD_PRESETS
