/** What cuts a word into tokens. */
import { ElmanError } from '@elman/core'

/** Tokens of one word. */
export interface WordTokens {
  readonly ids: readonly number[]
  /** Begin and end of each token in the word, in UTF-16 units; two a token. */
  readonly spans: readonly number[]
}

/** Cuts words into tokens of a vocabulary. */
export interface TokenModel {
  readonly vocabulary: ModelVocabulary
  /** Id for what has no token of its own. */
  readonly unknown: number | undefined
  /** @throws `TOKENIZER_TOKEN_UNKNOWN` */
  cut(word: string): WordTokens
}

/** Tokens and their ids; there may be ids without token. */
export interface ModelVocabulary {
  readonly ids: ReadonlyMap<string, number>
  readonly tokens: ReadonlyMap<number, string>
}

/** @throws when two tokens have one id, through `refuse` */
export function modelVocabulary(
  entries: Iterable<readonly [token: string, id: number]>,
  refuse: (found: string) => ElmanError,
): ModelVocabulary {
  const ids = new Map(entries)
  const tokens = new Map<number, string>()
  for (const [token, id] of ids) {
    const other = tokens.get(id)
    if (other !== undefined) {
      throw refuse(`tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} both have id ${id}`)
    }
    tokens.set(id, token)
  }
  return { ids, tokens }
}

/** Longest word whose tokens are remembered, in UTF-16 units. */
const LONGEST_CACHED = 64
/** Words remembered; then all are forgotten, which keeps the memory bounded at little cost. */
const MOST_CACHED = 1 << 16

/** Remembers the tokens of short words. */
export function cached(cut: (word: string) => WordTokens): (word: string) => WordTokens {
  const known = new Map<string, WordTokens>()
  return word => {
    if (word.length > LONGEST_CACHED) return cut(word)
    const before = known.get(word)
    if (before !== undefined) return before
    const tokens = cut(word)
    if (known.size >= MOST_CACHED) known.clear()
    known.set(word, tokens)
    return tokens
  }
}

/** The names of the bytes of a character, for models that fall back to them. */
export function byteTokens(sign: string): string[] {
  return Array.from(encoder.encode(sign), byte => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
}
const encoder = new TextEncoder()

/** The error for a part of a text that has no token where there is none for the unknown. */
export function tokenUnknown(part: string): ElmanError {
  return new ElmanError('TOKENIZER_TOKEN_UNKNOWN', {
    message: 'the text has a part without token, and the tokenizer has no token for the unknown',
    found: JSON.stringify(part.length > 40 ? `${part.slice(0, 40)}…` : part),
    hint: 'use a tokenizer with an unknown token, or one over bytes',
  })
}
