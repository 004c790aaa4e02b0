import { ElmanError, hashConfig } from '@elman/core'
import type { PhraseModel } from '../phrases/phrase-model.ts'

/** How text becomes words: the same for counting, encoding and writing a text anew. */
export interface TextOptions {
  /** Lower-case letters, by Unicode's rules; off unless given. */
  readonly lowercase?: boolean | undefined
  /** Leave tokens out that have neither a letter nor a digit; off unless given. */
  readonly wordsOnly?: boolean | undefined
  /** Tokens to leave out, such as `<unk>` (compared after lower-casing). */
  readonly leaveOut?: readonly string[] | undefined
  /** Whether a line end ends a sentence (the default), or is white space like any other. A file's end always does. */
  readonly lines?: 'sentence' | 'ignore' | undefined
  /** Words of the vocabulary in a sentence at most; a longer one is cut into pieces. 1000 unless given. */
  readonly maximumSentence?: number | undefined
  /** Joins words that belong together (`new york` → `new_york`). */
  readonly phrases?: PhraseModel | undefined
}

/** {@link TextOptions} complete. */
export interface ResolvedTextOptions {
  readonly lowercase: boolean
  readonly wordsOnly: boolean
  readonly leaveOut: readonly string[]
  readonly lines: 'sentence' | 'ignore'
  readonly maximumSentence: number
  readonly phrases: PhraseModel | undefined
}

/** Fills in the defaults. @throws `EMBEDDING_OPTION_INVALID` */
export function resolveTextOptions(options: TextOptions): ResolvedTextOptions {
  const { lines = 'sentence', maximumSentence = 1000 } = options
  if (lines !== 'sentence' && lines !== 'ignore')
    throw invalidOption('lines', '"sentence" or "ignore"', JSON.stringify(lines))
  if (!(Number.isInteger(maximumSentence) && maximumSentence > 0))
    throw invalidOption('maximumSentence', 'an integer of at least 1', String(maximumSentence))
  return {
    lowercase: options.lowercase ?? false,
    wordsOnly: options.wordsOnly ?? false,
    leaveOut: options.leaveOut ?? [],
    lines,
    maximumSentence,
    phrases: options.phrases,
  }
}

/** Hash of all that decides which words a text has; two corpora encoded alike have the same. */
export function hashTextOptions(options: TextOptions): string {
  const { phrases, leaveOut, ...plain } = resolveTextOptions(options)
  return hashConfig({ ...plain, leaveOut: [...leaveOut].sort(), phrases: phrases?.sha256 })
}

/** The error for an option of this package that is out of range. */
export function invalidOption(name: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_OPTION_INVALID', {
    message: `option ${name} cannot be used`,
    expected,
    found,
  })
}
