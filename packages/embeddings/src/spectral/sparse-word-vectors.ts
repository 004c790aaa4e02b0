import { ElmanError } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import type { VectorSource } from '../words/word-vectors.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/**
 * Words with the rows of a sparse matrix as their vectors, such as PPMI: as exact as the counts, with as many dimensions
 * as there are contexts. `similarity` works on the sparse rows; `vectorOf` writes a row out.
 */
export class SparseWordVectors implements VectorSource {
  readonly words: WordTable
  readonly matrix: SparseMatrix
  readonly dimensions: number
  readonly spellsUnknownWords = false
  #norms: Float64Array

  /** @throws `EMBEDDING_SHAPE_MISMATCH` when there is not one row for each word. */
  constructor(words: WordTable, matrix: SparseMatrix) {
    if (words.count !== matrix.rows) {
      throw new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
        message: 'the parts of the word vectors do not fit together: rows of the sparse matrix',
        expected: `${words.count}, one a word`,
        found: String(matrix.rows),
      })
    }
    this.words = words
    this.matrix = matrix
    this.dimensions = matrix.columns
    this.#norms = Float64Array.from({ length: matrix.rows }, (_, row) => Math.sqrt(this.#dot(row, row)))
  }

  /** The row of a word, with its zeros, or undefined for an unknown word. */
  vectorOf(word: string): Float32Array | undefined {
    const row = this.words.indexOf(word)
    if (row < 0) return undefined
    const { offsets, indices, values } = this.matrix
    const vector = new Float32Array(this.dimensions)
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) vector[indices[at]!] = values[at]!
    return vector
  }

  /** Cosine of the rows of two words; 0 where a row is empty, undefined for unknown words. */
  similarity(a: string, b: string): number | undefined {
    const [rowA, rowB] = [this.words.indexOf(a), this.words.indexOf(b)]
    if (rowA < 0 || rowB < 0) return undefined
    const norms = this.#norms[rowA]! * this.#norms[rowB]!
    return norms === 0 ? 0 : this.#dot(rowA, rowB) / norms
  }

  #dot(rowA: number, rowB: number): number {
    const { offsets, indices, values } = this.matrix
    let [a, b] = [offsets[rowA]!, offsets[rowB]!]
    const [endA, endB] = [offsets[rowA + 1]!, offsets[rowB + 1]!]
    let sum = 0
    while (a < endA && b < endB) {
      const difference = indices[a]! - indices[b]!
      if (difference === 0) sum += values[a]! * values[b]!
      if (difference <= 0) a++
      if (difference >= 0) b++
    }
    return sum
  }
}
