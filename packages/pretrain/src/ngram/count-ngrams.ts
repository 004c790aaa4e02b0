import { ElmanError } from '@elman/core'
import { NgramTable } from './ngram-table.ts'

/** What the counting needs to know of the stream of ids. */
export interface NgramOptions {
  /** Longest n-gram; 5 looks at four words of context. */
  readonly order: number
  /** Number of words that can be predicted; ids are 0 … vocabularySize − 1. */
  readonly vocabularySize: number
  /**
   * Id that ends a sentence. Contexts do not cross it: the next word sees the start of a sentence, as in SRILM.
   * Without it the ids are one continuous stream (characters, bytes) with a single start at its head.
   */
  readonly endOfSentence?: number | undefined
}

/**
 * `continuation`: lower orders hold the number of distinct words to the left, as Kneser-Ney asks; `occurrences`: every
 * order holds what was seen, as Good-Turing and absolute discounting ask.
 */
export type NgramCounting = 'continuation' | 'occurrences'

/** The tables of orders 1 … order (index 0 is order 1). */
export interface NgramCounts {
  readonly tables: readonly NgramTable[]
  /** Number, in the table of order 1, of the pseudo-word `<s>` that opens a sentence; its count is 0. */
  readonly start: number
}

/**
 * Counts all n-grams up to `order` in one pass.
 *
 * The highest order holds numbers of occurrences. Lower orders hold them too, or continuation counts, the number of
 * distinct words seen to the left; but an n-gram that begins at the start of a sentence has no left neighbour, and holds
 * its number of occurrences. One pass suffices: an n-gram of order k seen for the first time is one new left
 * neighbour of its last k − 1 words.
 *
 * @throws `NGRAM_BAD_OPTION`, `NGRAM_EMPTY_CORPUS`, `NGRAM_BAD_TOKEN`, `NGRAM_CORPUS_TOO_LARGE`
 */
export function countNgrams(
  ids: Int32Array,
  options: NgramOptions,
  counting: NgramCounting = 'continuation',
): NgramCounts {
  const { order, vocabularySize, endOfSentence } = options
  checkOptions(options)
  if (ids.length === 0) {
    throw new ElmanError('NGRAM_EMPTY_CORPUS', {
      message: 'an n-gram model needs at least one token to count',
    })
  }
  const tables = Array.from({ length: order }, () => new NgramTable())
  const start = tables[0]!.findOrAdd(0, vocabularySize)
  const ending = new Int32Array(order + 1) // ending[k]: number of the k-gram that ends at the word before
  const found = new Int32Array(order + 1)
  let known = openSentence(ending, start) // longest k for which ending[k] is set
  for (let position = 0; position < ids.length; position++) {
    const word = ids[position]!
    checkToken(word, vocabularySize, position)
    const longest = Math.min(known + 1, order)
    for (let k = 1; k <= longest; k++) {
      const table = tables[k - 1]!
      const size = table.size
      found[k] = table.findOrAdd(ending[k - 1]!, word)
      if (counting === 'occurrences') {
        if (k < longest) table.counts[found[k]!]! += 1
      } else if (k > 1 && table.size > size) tables[k - 2]!.counts[found[k - 1]!]! += 1
    }
    // The longest one either has the full order or begins at `<s>`: both are counted by occurrence.
    tables[longest - 1]!.counts[found[longest]!]! += 1
    if (word === endOfSentence) {
      known = openSentence(ending, start)
      continue
    }
    known = Math.min(longest, order - 1)
    for (let k = 1; k <= known; k++) ending[k] = found[k]!
  }
  for (const table of tables) table.trim()
  return { tables, start }
}

function openSentence(ending: Int32Array, start: number): number {
  ending[0] = 0
  if (ending.length < 3) return 0
  ending[1] = start
  return 1
}

/** @throws `NGRAM_BAD_TOKEN` when an id is not a word of the vocabulary. */
export function checkToken(word: number, vocabularySize: number, position: number): void {
  if (Number.isInteger(word) && word >= 0 && word < vocabularySize) return
  throw new ElmanError('NGRAM_BAD_TOKEN', {
    message: `token ${position} is not a word of the vocabulary`,
    expected: `an id from 0 to ${vocabularySize - 1}`,
    found: String(word),
  })
}

function checkOptions({ order, vocabularySize, endOfSentence }: NgramOptions): void {
  const inRange = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high
  if (!inRange(order, 1, 64)) throw badOption('order', 'a whole number from 1 to 64', order)
  if (!inRange(vocabularySize, 1, 2 ** 31 - 2)) {
    throw badOption('vocabularySize', 'a whole number from 1 to 2147483646', vocabularySize)
  }
  if (endOfSentence !== undefined && !inRange(endOfSentence, 0, vocabularySize - 1)) {
    throw badOption('endOfSentence', `an id from 0 to ${vocabularySize - 1}`, endOfSentence)
  }
}

/** An option that is out of range. */
export function badOption(name: string, expected: string, found: number | string): ElmanError {
  return new ElmanError('NGRAM_BAD_OPTION', {
    message: `option ${name} of the n-gram model is out of range`,
    expected,
    found: String(found),
  })
}
