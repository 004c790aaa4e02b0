/** A fastText model: words, and rows for the character n-grams that spell any word. */

import { ElmanError } from '@elman/core'
import { eachSubword } from '../subwords/subword-hashes.ts'
import { WordTable } from '../words/word-table.ts'
import { type VectorSource, WordVectors } from '../words/word-vectors.ts'
import { allocateRows } from './allocate-rows.ts'
import type { FastTextArguments } from './fasttext-arguments.ts'
import type { FastTextMatrix } from './fasttext-matrix.ts'
import { sentenceRows } from './fasttext-sentence.ts'

/** What a model is made of. */
export interface FastTextParts {
  readonly settings: FastTextArguments
  readonly words: WordTable
  /** Occurrences of each word. */
  readonly counts: Float64Array
  /** Occurrences of all words of the training text, also of those left out. */
  readonly tokens: number
  /** Rows of the words, then of the buckets, [words + buckets × dimensions]. */
  readonly input: FastTextMatrix
  /** What the model predicts with; undefined when it was not read. */
  readonly output: FastTextMatrix | undefined
  /** Labels of a supervised model, and their counts. */
  readonly labels?: WordTable | undefined
  readonly labelCounts?: Float64Array | undefined
  /** Of a pruned model the bucket of each row that was kept, by its place behind the words. */
  readonly pruned?: ReadonlyMap<number, number> | undefined
}

/** A fastText model that gives a vector to any word. */
export class FastTextModel implements VectorSource, FastTextParts {
  readonly settings: FastTextArguments
  readonly words: WordTable
  readonly counts: Float64Array
  readonly tokens: number
  readonly input: FastTextMatrix
  readonly output: FastTextMatrix | undefined
  readonly labels: WordTable
  readonly labelCounts: Float64Array
  readonly pruned: ReadonlyMap<number, number> | undefined
  readonly dimensions: number
  #vectors: WordVectors | undefined

  /** @throws `EMBEDDING_SHAPE_MISMATCH` when the parts do not fit together. */
  constructor(parts: FastTextParts) {
    this.settings = parts.settings
    this.words = parts.words
    this.counts = parts.counts
    this.tokens = parts.tokens
    this.input = parts.input
    this.output = parts.output
    this.labels = parts.labels ?? new WordTable()
    this.labelCounts = parts.labelCounts ?? new Float64Array(this.labels.count)
    this.pruned = parts.pruned
    this.dimensions = parts.settings.dimensions
    this.#check()
  }

  /** Whether unknown words get vectors: not when the model was trained without sub-words. */
  get spellsUnknownWords(): boolean {
    return this.settings.maximum > 0 && this.settings.buckets > 0
  }

  /** The vectors of all words as a table; made at the first call. */
  get vectors(): WordVectors {
    this.#vectors ??= this.#allVectors()
    return this.#vectors
  }

  /**
   * The vector of a word: the mean of its own row (if it is known) and the rows of its n-grams. Undefined for an unknown
   * word of which no n-gram has a row, for which fastText gives zeros.
   */
  vectorOf(word: string | Uint8Array): Float32Array | undefined {
    const bytes = typeof word === 'string' ? Buffer.from(word) : word
    const rows = this.rowsOf(bytes)
    if (rows.length === 0) return undefined
    return this.meanOfRows(rows, new Float32Array(this.dimensions))
  }

  /** Rows of the input matrix that make the vector of a word: its own first, then its n-grams in fastText's order. */
  rowsOf(word: Uint8Array): number[] {
    const index = this.words.indexOfBytes(word, 0, word.length)
    const rows = index < 0 ? [] : [index]
    const { minimum, maximum, buckets } = this.settings
    if (maximum > 0 && buckets > 0)
      eachSubword(word, minimum, maximum, hash => {
        const row = this.bucketRow(hash % buckets)
        if (row >= 0) rows.push(row)
      })
    return rows
  }

  /** Row of a bucket; −1 if the model was pruned of it. */
  bucketRow(bucket: number): number {
    const place = this.pruned === undefined ? bucket : (this.pruned.get(bucket) ?? -1)
    return place < 0 ? -1 : this.words.count + place
  }

  /**
   * The vector of a sentence as `fasttext print-sentence-vectors` gives it. Unsupervised: the mean of the words' vectors,
   * each divided by its length. Supervised: the mean of all rows of words, n-grams and runs of words. Zeros if there is
   * nothing to take the mean of.
   *
   * @param sentence - Words divided by white space.
   */
  sentenceVector(sentence: string): Float32Array {
    const target = new Float32Array(this.dimensions)
    if (this.settings.model === 'supervised') return this.meanOfRows(sentenceRows(this, sentence), target)
    let count = 0
    for (const word of sentence.split(/[ \t\n\v\f\r\0]+/)) {
      const vector = word === '' ? undefined : this.vectorOf(word)
      const length = vector === undefined ? 0 : lengthOf(vector)
      if (vector === undefined || length === 0) continue
      count++
      for (let i = 0; i < target.length; i++) target[i]! += vector[i]! / length
    }
    if (count > 0) for (let i = 0; i < target.length; i++) target[i]! /= count
    return target
  }

  /** Puts the mean of rows into `target`, which must be zero. */
  meanOfRows(rows: readonly number[], target: Float32Array): Float32Array {
    for (const row of rows) this.input.addRow(row, target)
    const factor = Math.fround(1 / Math.max(1, rows.length))
    for (let i = 0; i < target.length; i++) target[i]! *= factor
    return target
  }

  #allVectors(): WordVectors {
    const { words, dimensions, counts } = this
    const matrix = allocateRows(words.count, dimensions, 'the vectors of a fastText model')
    for (let index = 0; index < words.count; index++)
      this.meanOfRows(
        this.rowsOf(words.bytesAt(index)),
        matrix.subarray(index * dimensions, (index + 1) * dimensions),
      )
    return new WordVectors({ words, dimensions, matrix, counts })
  }

  #check(): void {
    const { words, labels, input, output, dimensions } = this
    const buckets = this.pruned === undefined ? this.settings.buckets : this.pruned.size
    const problems: readonly [boolean, string, number, number][] = [
      [this.counts.length === words.count, 'counts of words', words.count, this.counts.length],
      [this.labelCounts.length === labels.count, 'counts of labels', labels.count, this.labelCounts.length],
      [input.columns === dimensions, 'columns of the input matrix', dimensions, input.columns],
      [input.rows === words.count + buckets, 'rows of the input matrix', words.count + buckets, input.rows],
      [
        output === undefined || output.columns === dimensions,
        'columns of the output matrix',
        dimensions,
        output?.columns ?? 0,
      ],
    ]
    for (const [fits, what, expected, found] of problems)
      if (!fits)
        throw new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
          message: `the parts of the fastText model do not fit together: ${what}`,
          expected: String(expected),
          found: String(found),
        })
  }
}

function lengthOf(vector: Float32Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return Math.sqrt(sum)
}
