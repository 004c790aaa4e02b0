import { type CooccurrenceFile, readCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import type { SparseRows } from './sparse-rows.ts'

/**
 * The counts of a file of co-occurrences as a sparse matrix, word by context: 12 bytes a record in memory.
 *
 * @throws `EMBEDDING_COOCCURRENCES_INVALID`; the signal's reason when it is aborted.
 */
export async function readCountRows(file: CooccurrenceFile, signal?: AbortSignal): Promise<SparseRows> {
  const rowStart = new Float64Array(file.words + 1)
  const columns = new Int32Array(file.records)
  const values = new Float64Array(file.records)
  let done = 0
  for await (const { count, words, contexts, weights } of readCooccurrences(file, signal)) {
    for (let at = 0; at < count; at++) rowStart[words[at]! + 1]!++
    columns.set(contexts.subarray(0, count), done)
    values.set(weights.subarray(0, count), done)
    done += count
  }
  for (let row = 0; row < file.words; row++) rowStart[row + 1]! += rowStart[row]!
  return { rowStart, columns, values }
}
