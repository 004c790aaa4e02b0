import { didYouMean, ElmanError } from '@elman/core'
import type { WordTable } from './word-table.ts'

/** What {@link WordVectors} is made of. */
export interface WordVectorParts {
  /** The words, row by row. */
  readonly words: WordTable
  /** Numbers in a vector. */
  readonly dimensions: number
  /** Vectors row by row, float32 [words × dimensions]; used as it is, not copied. */
  readonly matrix: Float32Array
  /** Occurrences of each word in the training text, where they are known. */
  readonly counts?: Float64Array | undefined
}

/** What can be asked for the vector of a word: a table of vectors, or a model that can also spell unknown words. */
export interface VectorSource {
  /** Numbers in a vector. */
  readonly dimensions: number
  /** The vector of a word, or undefined if there is none. */
  vectorOf(word: string): Float32Array | undefined
  /** Whether words outside of the vocabulary get vectors too, made from their letters. */
  readonly spellsUnknownWords: boolean
}

/**
 * Words and their vectors: float32, one row a word, as they were trained (never normalised in place; the length of a
 * vector carries information). Rows are in the order of the table, most frequent word first where that is known.
 */
export class WordVectors implements VectorSource {
  readonly words: WordTable
  readonly dimensions: number
  /** All rows, [count × dimensions]. */
  readonly matrix: Float32Array
  /** Occurrences of each word in the training text; undefined where the file does not tell. */
  readonly counts: Float64Array | undefined
  readonly spellsUnknownWords = false
  #norms: Float32Array | undefined

  /** @throws `EMBEDDING_SHAPE_MISMATCH` when the parts do not fit together. */
  constructor({ words, dimensions, matrix, counts }: WordVectorParts) {
    if (!(Number.isInteger(dimensions) && dimensions > 0) || matrix.length !== words.count * dimensions)
      throw mismatch('numbers in the matrix', `${words.count} words × ${dimensions}`, matrix.length)
    if (counts !== undefined && counts.length !== words.count)
      throw mismatch('counts', `${words.count}, one a word`, counts.length)
    this.words = words
    this.dimensions = dimensions
    this.matrix = matrix
    this.counts = counts
  }

  /** Number of words. */
  get count(): number {
    return this.words.count
  }

  /** Whether a word has a vector. */
  has(word: string): boolean {
    return this.words.has(word)
  }

  /** Row of a word, −1 if it has none. */
  indexOf(word: string): number {
    return this.words.indexOf(word)
  }

  /** The word of a row. */
  wordAt(index: number): string {
    return this.words.at(index)
  }

  /** The vector of row `index`: a view of the matrix. */
  row(index: number): Float32Array {
    this.words.bytesAt(index) // refuses an index out of range
    return this.matrix.subarray(index * this.dimensions, (index + 1) * this.dimensions)
  }

  /** The vector of a word (a view of the matrix), or undefined. */
  get(word: string): Float32Array | undefined {
    const index = this.words.indexOf(word)
    return index < 0 ? undefined : this.row(index)
  }

  /** The same as {@link WordVectors.get}. */
  vectorOf(word: string): Float32Array | undefined {
    return this.get(word)
  }

  /** The vector of a word. @throws `EMBEDDING_WORD_UNKNOWN` */
  getOrThrow(word: string): Float32Array {
    return this.get(word) ?? failUnknown(word, this)
  }

  /** Euclidean length of each vector, float32 [count]; made once. */
  get norms(): Float32Array {
    this.#norms ??= rowNorms(this.matrix, this.dimensions)
    return this.#norms
  }
}

/** Euclidean length of each row, summed in float64. */
function rowNorms(matrix: Float32Array, dimensions: number): Float32Array {
  const norms = new Float32Array(matrix.length / dimensions)
  for (let row = 0, at = 0; row < norms.length; row++) {
    let sum = 0
    for (let i = 0; i < dimensions; i++, at++) sum += matrix[at]! * matrix[at]!
    norms[row] = Math.sqrt(sum)
  }
  return norms
}

/** Throws `EMBEDDING_WORD_UNKNOWN` with words that look alike. */
export function failUnknown(word: string, vectors: WordVectors): never {
  const known = Array.from({ length: Math.min(vectors.count, 50_000) }, (_, index) => vectors.wordAt(index))
  const near = [word.toLowerCase(), word.normalize('NFC')].find(form => form !== word && vectors.has(form))
  const suggestion = near ?? didYouMean(word, known)
  throw new ElmanError('EMBEDDING_WORD_UNKNOWN', {
    message: `"${word}" has no vector`,
    found: `${vectors.count} words`,
    hint:
      suggestion === undefined
        ? 'only words of the training text that occurred often enough have vectors; a fastText .bin spells others'
        : `did you mean "${suggestion}"?`,
  })
}

function mismatch(what: string, expected: string, found: number): ElmanError {
  return new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
    message: `the parts of the word vectors do not fit together: ${what}`,
    expected,
    found: String(found),
  })
}
