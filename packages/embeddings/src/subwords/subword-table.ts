import { ElmanError } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import { eachSubword, resolveSubwordRules, type SubwordRules } from './subword-hashes.ts'

/** Most rows that offsets can count and an array hold. */
const MOST_ROWS = 2 ** 31 - 1

/** Which rows of a matrix make the vector of each word: their mean. */
export interface SubwordTable {
  /** Rows of word i are `rows[offsets[i]]` … `rows[offsets[i + 1] − 1]`. */
  readonly offsets: Uint32Array
  /** Per word its own row i, then words + bucket of each n-gram. */
  readonly rows: Int32Array
}

/**
 * The rows of each word of a vocabulary, as in fastText: the matrix has a row for each word, then one for each bucket.
 *
 * @throws `EMBEDDING_OPTION_INVALID`, `EMBEDDING_SUBWORDS_TOO_MANY`
 */
export function buildSubwordTable(words: WordTable, rules: SubwordRules = {}): SubwordTable {
  const { minimum, maximum, buckets } = resolveSubwordRules(rules)
  const offsets = new Uint32Array(words.count + 1)
  let total = 0
  for (let word = 0; word < words.count; word++) {
    total++
    eachSubword(words.bytesAt(word), minimum, maximum, () => total++)
    if (total > MOST_ROWS || words.count + buckets > MOST_ROWS) throw tooMany(words.count, buckets)
    offsets[word + 1] = total
  }
  const rows = new Int32Array(total)
  let at = 0
  const put = (hash: number): void => {
    rows[at++] = words.count + (hash % buckets)
  }
  for (let word = 0; word < words.count; word++) {
    rows[at++] = word
    eachSubword(words.bytesAt(word), minimum, maximum, put)
  }
  return { offsets, rows }
}

function tooMany(words: number, buckets: number): ElmanError {
  return new ElmanError('EMBEDDING_SUBWORDS_TOO_MANY', {
    message: `the n-grams of ${words} words, or their rows with ${buckets} buckets, cannot be numbered`,
    expected: `at most ${MOST_ROWS}`,
    hint: 'fewer words (a higher minimumCount), shorter n-grams or fewer buckets',
  })
}
