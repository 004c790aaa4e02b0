import { ElmanError } from '@elman/core'
import { type CooccurrenceFile, readCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import { type PpmiOptions, ppmi } from '../spectral/ppmi.ts'
import { MOST_ENTRIES, type SparseMatrix } from '../spectral/sparse-matrix.ts'

/** A sparse matrix by rows, its columns ascending within a row: what is asked of counts and PPMI here. */
export interface SparseRows {
  /** Row r is the entries offsets[r] … offsets[r + 1] − 1. */
  readonly offsets: ArrayLike<number>
  /** Column of each entry. */
  readonly indices: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** The contexts of words: how often each occurred near them, and how much more often than chance. */
export interface ContextRows {
  /** Weighted counts, word by context. */
  readonly counts: SparseRows
  /** Positive pointwise mutual information of the same. */
  readonly ppmi: SparseRows
}

/**
 * Counts and PPMI of a file of co-occurrences, in memory: 8 bytes a record each, at most.
 *
 * @throws `EMBEDDING_COOCCURRENCES_INVALID`, `EMBEDDING_PPMI_INVALID`, `EMBEDDING_HYPOTHESIS_INVALID` for more than 2³² − 1
 * records; the signal's reason when it is aborted.
 */
export async function readContextRows(
  file: CooccurrenceFile,
  options: PpmiOptions = {},
): Promise<ContextRows> {
  return { counts: await readCounts(file, options.signal), ppmi: await ppmi(file, options) }
}

async function readCounts(file: CooccurrenceFile, signal: AbortSignal | undefined): Promise<SparseMatrix> {
  if (file.records > MOST_ENTRIES) {
    throw new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', {
      message: 'there are too many co-occurrences to hold',
      expected: `at most ${MOST_ENTRIES}`,
      found: String(file.records),
    })
  }
  const offsets = new Uint32Array(file.words + 1)
  const indices = new Uint32Array(file.records)
  const values = new Float32Array(file.records)
  let done = 0
  for await (const { count, words, contexts, weights } of readCooccurrences(file, signal)) {
    for (let at = 0; at < count; at++) offsets[words[at]! + 1]!++
    indices.set(contexts.subarray(0, count), done)
    values.set(weights.subarray(0, count), done)
    done += count
  }
  for (let row = 0; row < file.words; row++) offsets[row + 1]! += offsets[row]!
  return { rows: file.words, columns: file.words, offsets, indices, values }
}
