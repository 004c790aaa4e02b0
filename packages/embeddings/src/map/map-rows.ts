import { ElmanError } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import { failUnknown, type WordVectors } from '../words/word-vectors.ts'

/** Which words a map shows: these, or the `top` most frequent (the first rows where counts are not known). */
export interface MapSelection {
  /** Words to show, in this order; each must have a vector. Words given twice are shown once. */
  readonly words?: readonly string[]
  /** Number of words to show where `words` is absent; default 2000. */
  readonly top?: number
}

/** The chosen rows of a table of vectors, scaled to length one. */
export interface UnitRows {
  /** Row of each chosen word in the table. */
  readonly indices: Int32Array
  /** The words of the rows. */
  readonly words: WordTable
  /** Vectors of length one, float32 [indices.length × dimensions]; vectors that are zero or not finite become zero. */
  readonly matrix: Float32Array
  readonly dimensions: number
}

/**
 * Rows of the words that a map shows.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_MAP_OPTION_INVALID`, `EMBEDDING_MAP_TOO_FEW_WORDS`
 */
export function chooseRows(vectors: WordVectors, { words, top = 2000 }: MapSelection): Int32Array {
  if (words === undefined) checkWhole('top', top, 1)
  const rows = words === undefined ? mostFrequent(vectors, top) : named(vectors, words)
  if (rows.length < 3) {
    throw new ElmanError('EMBEDDING_MAP_TOO_FEW_WORDS', {
      message: `a map of ${rows.length} words shows nothing`,
      expected: 'at least 3 words',
      found: `${vectors.count} words in the table${words === undefined ? '' : `, ${words.length} asked for`}`,
    })
  }
  return rows
}

/** Scales the chosen rows, no row twice, to length one. The table's own matrix is not touched. */
export function unitRows({ words, matrix, dimensions }: WordVectors, indices: Int32Array): UnitRows {
  const scaled = new Float32Array(indices.length * dimensions)
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row]! * dimensions
    let sum = 0
    for (let i = 0; i < dimensions; i++) sum += matrix[from + i]! ** 2
    if (!(sum > 0 && Number.isFinite(sum))) continue
    const scale = 1 / Math.sqrt(sum)
    for (let i = 0; i < dimensions; i++) scaled[row * dimensions + i] = matrix[from + i]! * scale
  }
  return { indices, words: words.select(indices), matrix: scaled, dimensions }
}

/** @throws `EMBEDDING_MAP_OPTION_INVALID` unless `value` is a whole number of at least `least`. */
export function checkWhole(option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return
  throw new ElmanError('EMBEDDING_MAP_OPTION_INVALID', {
    message: `the option "${option}" of a map is out of range`,
    expected: `a whole number of at least ${least}`,
    found: String(value),
  })
}

function named(vectors: WordVectors, words: readonly string[]): Int32Array {
  const rows = new Set<number>()
  for (const word of words) {
    const row = vectors.indexOf(word)
    if (row < 0) failUnknown(word, vectors)
    rows.add(row)
  }
  return Int32Array.from(rows)
}

function mostFrequent({ count, counts }: WordVectors, top: number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row)
  if (counts !== undefined) rows.sort((a, b) => counts[b]! - counts[a]! || a - b)
  return rows.slice(0, top)
}
