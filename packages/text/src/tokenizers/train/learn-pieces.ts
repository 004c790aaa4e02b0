/** Words of texts, and the vocabulary of pieces that merges make of them: what BPE and WordPiece training share. */
import { ElmanError } from '@elman/core'
import { compareCodePoints } from '../../vocabulary/compare-code-points.ts'
import { alignedText } from '../aligned-text.ts'
import { createNormalizer } from '../pipeline/normalizers.ts'
import { createPreTokenizer } from '../pipeline/pre-tokenizers.ts'
import type { NormalizerJson, PreTokenizerJson } from '../pipeline/tokenizer-json.ts'
import { type MergeScore, mergePairs } from './merge-pairs.ts'

/** How the pieces of words are learned. */
export interface PieceRules {
  /** Tokens that come first, with ids from 0. */
  readonly special: readonly string[]
  /** Characters that have a token whether the texts have them or not. */
  readonly alphabet: readonly string[]
  /** Most frequent characters that get a token; all of them where undefined. */
  readonly maximumAlphabet: number | undefined
  /** Stands before pieces that do not begin a word; may be empty. */
  readonly prefix: string
  /** Stands behind pieces that end a word; may be empty. */
  readonly suffix: string
  /** Tokens in all. */
  readonly vocabularySize: number
  /** Rarer pairs are not merged. */
  readonly minimumCount: number
  readonly score: MergeScore
}

/** A vocabulary of pieces: tokens by id, and the merges in the order in which they were learned. */
export interface Pieces {
  readonly tokens: readonly string[]
  readonly merges: readonly (readonly [string, string])[]
}

/** Counts the words of texts as a tokenizer with these parts will see them. */
export function countWords(
  texts: Iterable<string>,
  normalizer: NormalizerJson | null,
  preTokenizer: PreTokenizerJson,
): Map<string, number> {
  const normalize = normalizer === null ? undefined : createNormalizer(normalizer, 'normalizer')
  const cut = createPreTokenizer(preTokenizer, 'preTokenizer')
  const counts = new Map<string, number>()
  for (const text of texts) {
    const whole = alignedText(text)
    for (const { text: word } of cut(normalize?.(whole) ?? whole))
      counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

/**
 * Learns pieces: special tokens, then the alphabet by code point (plain, then with prefix and suffix), then merges.
 * Characters outside the alphabet are passed over. The result depends on the counts alone, not on their order.
 *
 * @throws `TOKENIZER_VOCABULARY_TOO_SMALL` when not even the alphabet fits, `TOKENIZER_NO_TEXT` for no words
 */
export function learnPieces(counts: ReadonlyMap<string, number>, rules: PieceRules): Pieces {
  if (counts.size === 0) throw noText()
  const plain = chooseAlphabet(counts, rules)
  const ids = new Map<string, number>()
  const tokens: string[] = []
  const idOf = (token: string): number => {
    const known = ids.get(token)
    if (known !== undefined) return known
    ids.set(token, tokens.length)
    tokens.push(token)
    return tokens.length - 1
  }
  for (const token of [...rules.special, ...plain]) idOf(token)
  const known = new Set(plain)
  const cut = [...counts].map(([word, count]) => ({ pieces: firstPieces(word, known, rules), count }))
  const marked = new Set(cut.flatMap(({ pieces }) => pieces))
  for (const token of [...marked].sort(compareCodePoints)) idOf(token)
  if (tokens.length > rules.vocabularySize) throw tooSmall(tokens.length, rules)

  const words = cut.map(({ pieces, count }) => ({ symbols: pieces.map(idOf), count }))
  const merges: (readonly [string, string])[] = []
  mergePairs({
    words,
    score: rules.score,
    minimumCount: rules.minimumCount,
    merge(left, right) {
      if (tokens.length >= rules.vocabularySize) return undefined
      const [a, b] = [tokens[left]!, tokens[right]!]
      merges.push([a, b])
      return idOf(a + b.slice(rules.prefix.length))
    },
  })
  return { tokens, merges }
}

function chooseAlphabet(counts: ReadonlyMap<string, number>, rules: PieceRules): string[] {
  const found = new Map<string, number>()
  for (const [word, count] of counts) for (const sign of word) found.set(sign, (found.get(sign) ?? 0) + count)
  for (const sign of rules.alphabet) found.set(sign, Number.POSITIVE_INFINITY)
  const order = [...found].sort(([a, m], [b, n]) => (m === n ? compareCodePoints(a, b) : n - m))
  const kept = rules.maximumAlphabet === undefined ? order : order.slice(0, rules.maximumAlphabet)
  return kept.map(([sign]) => sign).sort(compareCodePoints)
}

function firstPieces(word: string, alphabet: ReadonlySet<string>, { prefix, suffix }: PieceRules): string[] {
  const signs = [...word]
  return signs.flatMap((sign, i) =>
    alphabet.has(sign) ? [(i === 0 ? '' : prefix) + sign + (i === signs.length - 1 ? suffix : '')] : [],
  )
}

/** The error for training on nothing. */
export function noText(): ElmanError {
  return new ElmanError('TOKENIZER_NO_TEXT', {
    message: 'a tokenizer cannot be trained: the texts have no words',
    hint: 'give texts that are not empty; an iterator can be read only once',
  })
}

function tooSmall(needed: number, { vocabularySize }: PieceRules): ElmanError {
  return new ElmanError('TOKENIZER_VOCABULARY_TOO_SMALL', {
    message: 'the vocabulary has no room for the characters of the texts',
    expected: `vocabularySize of at least ${needed}`,
    found: String(vocabularySize),
    hint: 'raise vocabularySize, lower maximumAlphabet, or train byte-level BPE',
  })
}
