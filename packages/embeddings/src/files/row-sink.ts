/**
 * Where rows go while a file is read: one word table and one matrix. A row is written behind the last one and then
 * committed; a row that is turned away is simply written over, so duplicates leave no hole.
 */

import { isUtf8 } from 'node:buffer'
import { ElmanError } from '@elman/core'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { addWord } from './add-word.ts'
import { allocateRows } from './allocate-rows.ts'
import type { ReportDraft } from './read-report.ts'

/** Which rows are wanted. */
export interface RowChoice {
  /** Read at most so many rows (the first, that is the most frequent words in most files). */
  readonly limit?: number
  /** Read only the rows of words for which this is true. */
  readonly keep?: (word: string) => boolean
  /** Accept NaN and infinities; they are counted in the report. */
  readonly allowNonFinite?: boolean
}

/** Collects rows; see the head of this file. */
export class RowSink {
  readonly dimensions: number
  /** Rows so far are in front of `nextRow * dimensions`. */
  matrix = new Float32Array(0)
  readonly words = new WordTable()
  readonly limit: number
  readonly #choice: RowChoice
  readonly #report: ReportDraft

  constructor(dimensions: number, choice: RowChoice, report: ReportDraft) {
    this.dimensions = dimensions
    this.#choice = choice
    this.#report = report
    this.limit = choice.limit ?? Number.POSITIVE_INFINITY
    report.dimensions = dimensions
  }

  /** Whether no more rows are wanted. */
  get full(): boolean {
    return this.words.count >= this.limit
  }

  /** Whether rows are picked by their word, so that a reader may skip numbers. */
  get picks(): boolean {
    return this.#choice.keep !== undefined
  }

  /** Makes room for exactly so many rows (fewer if `limit` or `keep` may turn some away). */
  reserve(rows: number): void {
    if (!this.picks) this.#grow(Math.min(rows, this.limit))
  }

  /**
   * Index of the first number of the next row, with room for it.
   *
   * @param fraction - How much of the file lies behind, from which the rows to come are estimated.
   */
  nextRow(fraction: number): number {
    const rows = this.words.count
    const at = rows * this.dimensions
    if (at + this.dimensions <= this.matrix.length) return at
    const estimate = fraction > 0 ? Math.ceil((rows / fraction) * 1.02) : 0
    this.#grow(Math.min(this.limit, Math.max(estimate, rows + (rows >> 3) + 1)))
    return at
  }

  /** Whether a word is wanted; asks `keep`. */
  wants(buffer: Buffer, begin: number, end: number): boolean {
    const { keep } = this.#choice
    if (keep === undefined || keep(buffer.toString('utf8', begin, end))) return true
    this.#report.rowsFiltered++
    return false
  }

  /**
   * Keeps the row that was written at {@link nextRow}, under the word `buffer[begin … end)`, unless it is one that came
   * before.
   *
   * @param place - Says where the row is, for errors.
   */
  commit(buffer: Buffer, begin: number, end: number, place: () => string): void {
    const report = this.#report
    report.rowsRead++
    if (begin === end) {
      report.emptyWords++
      return
    }
    this.#checkFinite(place)
    const before = this.words.count
    addWord(this.words, buffer, begin, end, place)
    this.#inspect(buffer, begin, end)
    if (this.words.count === before) report.duplicates++
  }

  /** The vectors; the matrix is cut to its rows. */
  finish(counts?: Float64Array): WordVectors {
    const { words, dimensions } = this
    this.#report.rows = words.count
    this.#report.limited = this.full
    const used = words.count * dimensions
    // A view keeps the whole matrix alive: worth it only if little of it is unused.
    const matrix =
      used * 4 < this.matrix.length * 3 ? this.matrix.slice(0, used) : this.matrix.subarray(0, used)
    return new WordVectors({ words, dimensions, matrix, counts })
  }

  #checkFinite(place: () => string): void {
    const { matrix, dimensions } = this
    const at = this.words.count * dimensions
    for (let i = at; i < at + dimensions; i++) {
      if (matrix[i]! - matrix[i]! === 0) continue
      this.#report.nonFinite++
      if (this.#choice.allowNonFinite !== true)
        throw new ElmanError('EMBEDDING_FILE_NOT_FINITE', {
          message: `number ${i - at + 1} of a row is no finite float32`,
          found: String(matrix[i]),
          where: place(),
          hint: 'the training diverged, or the file is damaged; allowNonFinite reads it all the same',
        })
    }
  }

  #inspect(buffer: Buffer, begin: number, end: number): void {
    let ascii = true
    let spaces = false
    for (let i = begin; i < end; i++) {
      const byte = buffer[i]!
      if (byte >= 0x80) ascii = false
      else if (byte === 0x20) spaces = true
    }
    if (spaces) this.#report.wordsWithSpaces++
    if (!ascii && !isUtf8(buffer.subarray(begin, end))) this.#report.invalidUtf8++
  }

  #grow(rows: number): void {
    const length = rows * this.dimensions
    if (length <= this.matrix.length) return
    const larger = allocateRows(rows, this.dimensions, this.#report.path)
    larger.set(this.matrix.subarray(0, this.words.count * this.dimensions))
    this.matrix = larger
  }
}
