import { readFile } from 'node:fs/promises'
import { ElmanError, random } from '@elman/core'
import { uniformStream } from '../random/uniform-stream.ts'
import type { WordTable } from '../words/word-table.ts'
import type { PairSimilarity } from './context-similarity.ts'

/** Two words, by their indices in the vocabulary. */
export interface WordPair {
  readonly a: number
  readonly b: number
}

/** How pairs are drawn. */
export interface PairSampling {
  /** Pairs wanted; default 3000. Fewer come when there are not as many. */
  readonly count?: number
  /** Ranks of the words from 1, both ends included; default 100 to 5000, cut to the vocabulary. */
  readonly ranks?: readonly [number, number]
  /** Default 1. */
  readonly seed?: number
}

const MOST_TRIES = 20

/**
 * Distinct pairs of distinct words, drawn evenly among the given ranks.
 *
 * @param vocabularySize - Words, the most frequent first.
 * @throws `EMBEDDING_HYPOTHESIS_INVALID` when the ranks hold fewer than two words.
 */
export function randomPairs(vocabularySize: number, sampling: PairSampling = {}): WordPair[] {
  const { count, first, words, draw } = prepared(vocabularySize, sampling, 'random')
  return collected(count, () => ({
    a: first + Math.floor(draw() * words),
    b: first + Math.floor(draw() * words),
  }))
}

/**
 * As many pairs again, half of them drawn evenly, half of a word and one of its nearest, so that similar pairs, rare
 * among all, are seen too. Which words are nearest is for `nearest` to say: pairs chosen by a similarity agree with it
 * more than others would, so compare with the even pairs before concluding.
 *
 * @param neighbours - How many nearest words of the same ranks to draw from; default 200.
 */
export function neighbourPairs(
  vocabularySize: number,
  nearest: PairSimilarity,
  { neighbours = 200, ...sampling }: PairSampling & { readonly neighbours?: number } = {},
): WordPair[] {
  const { count, first, words, draw } = prepared(vocabularySize, sampling, 'neighbours')
  const even = randomPairs(vocabularySize, { ...sampling, count: Math.ceil(count / 2) })
  const near = () => {
    const a = first + Math.floor(draw() * words)
    const likeness = Float64Array.from({ length: words }, (_, at) => {
      const value = first + at === a ? Number.NaN : nearest(a, first + at)
      return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY
    })
    const least = likeness.slice().sort()[Math.max(0, words - neighbours)]!
    const others = Array.from({ length: words }, (_, at) => at).filter(
      at => likeness[at]! >= least && likeness[at]! > Number.NEGATIVE_INFINITY,
    )
    return { a, b: others.length === 0 ? a : first + others[Math.floor(draw() * others.length)]! }
  }
  return collected(count, near, even)
}

/**
 * Pairs from a file of `word TAB word` lines, more columns ignored: a similarity set will do. Empty lines and lines that
 * begin with `#` are skipped. Words are looked up as they stand, then in lower case.
 *
 * @throws `EMBEDDING_PAIRS_INVALID` for a line of one column, or when no pair is in the vocabulary.
 */
export async function readPairs(
  path: string,
  words: WordTable,
): Promise<{ readonly pairs: WordPair[]; readonly unknown: number }> {
  const pairs: WordPair[] = []
  let unknown = 0
  const text = await readFile(path, 'utf8').catch(error => {
    throw invalidPairs(
      'the file of pairs cannot be read',
      'lines of word TAB word',
      (error as Error).message,
      path,
    )
  })
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const columns = line.split('\t')
    if (columns.length < 2) {
      const found = line.length > 60 ? `${line.slice(0, 60)}…` : line
      throw invalidPairs('this is not a pair of words', 'word TAB word', found, `${path}, line ${at + 1}`)
    }
    const [a, b] = [columns[0]!, columns[1]!].map(word => indexOf(words, word.trim())) as [number, number]
    if (a < 0 || b < 0) unknown++
    else pairs.push({ a, b })
  }
  if (pairs.length > 0) return { pairs, unknown }
  throw invalidPairs(
    'no pair of the file is in the vocabulary',
    'known words',
    `${unknown} unknown pairs`,
    path,
  )
}

function indexOf(words: WordTable, word: string): number {
  const index = words.indexOf(word)
  return index >= 0 ? index : words.indexOf(word.toLowerCase())
}

function prepared(vocabularySize: number, sampling: PairSampling, purpose: string) {
  const { count = 3000, ranks = [100, 5000], seed = 1 } = sampling
  const last = Math.min(ranks[1], vocabularySize)
  const words = last - ranks[0] + 1
  const whole = [count, ranks[0], ranks[1]].every(value => Number.isInteger(value) && value > 0)
  if (!whole || words < 2) {
    throw new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', {
      message: 'no pairs can be drawn among these ranks',
      expected: `whole numbers above 0, and two words of the vocabulary's ${vocabularySize} between the ranks`,
      found: `${count} pairs, ranks ${ranks[0]} to ${ranks[1]}`,
    })
  }
  const draw = uniformStream(random.foldIn(random.foldIn(random.key(seed), 'word-pairs'), purpose))
  return { count, first: ranks[0] - 1, words, draw }
}

/** Draws until there are `count` pairs, without repeats in either order and without words paired with themselves. */
function collected(count: number, draw: () => WordPair, begun: readonly WordPair[] = []): WordPair[] {
  const name = ({ a, b }: WordPair) => (a < b ? `${a} ${b}` : `${b} ${a}`)
  const pairs = [...begun]
  const seen = new Set(pairs.map(name))
  for (let tries = 0; pairs.length < count && tries < count * MOST_TRIES; tries++) {
    const pair = draw()
    if (pair.a === pair.b || seen.has(name(pair))) continue
    seen.add(name(pair))
    pairs.push(pair)
  }
  return pairs
}

function invalidPairs(message: string, expected: string, found: string, where: string): ElmanError {
  return new ElmanError('EMBEDDING_PAIRS_INVALID', { message, expected, found, where })
}
