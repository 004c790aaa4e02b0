import { ElmanError } from '@elman/core'
import { type CooccurrenceFile, readCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { MOST_ENTRIES, type SparseMatrix } from './sparse-matrix.ts'

/** How to weigh co-occurrences (Levy, Goldberg and Dagan 2015). */
export interface PpmiOptions {
  /** k, whose logarithm is subtracted: what k negative samples come to (default 1: nothing). */
  readonly shift?: number
  /** Exponent of the contexts' counts, which lowers the weight of rare contexts (default 0.75; 1 for none). */
  readonly smoothing?: number
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/**
 * Positive pointwise mutual information of each word with each context: max(0, log P(w, c) / (P(w) P(c)) − log k), where
 * P(c) is proportional to the context's count to the power of `smoothing`. Entries at 0 are left out.
 *
 * @returns [words × words], words down, contexts across, natural logarithms.
 * @throws `EMBEDDING_PPMI_INVALID`
 */
export async function ppmi(
  cooccurrences: CooccurrenceFile,
  options: PpmiOptions = {},
): Promise<SparseMatrix> {
  const { shift = 1, smoothing = 0.75, onProgress, signal } = options
  const { words, records } = cooccurrences
  if (!(shift > 0 && Number.isFinite(shift))) throw invalid('shift must be above 0', shift)
  if (!(smoothing >= 0 && smoothing <= 1)) throw invalid('smoothing must lie between 0 and 1', smoothing)
  if (records > MOST_ENTRIES) throw invalid(`there are more than ${MOST_ENTRIES} pairs`, records)

  const report = createProgressMeter('weigh', 'records', 2 * records, onProgress)
  const wordSums = new Float64Array(words)
  const contextSums = new Float64Array(words)
  let done = 0
  for await (const { count, words: ids, contexts, weights } of readCooccurrences(cooccurrences, signal)) {
    for (let at = 0; at < count; at++) {
      wordSums[ids[at]!]! += weights[at]!
      contextSums[contexts[at]!]! += weights[at]!
    }
    done += count
    report(done)
  }
  // log P(w, c) / (P(w) P(c)) = log x − log Σx(w) − log q(c), q(c) = Σx(c)^s / Σ Σx(c')^s
  const smoothed = contextSums.map(sum => (sum === 0 ? 0 : sum ** smoothing))
  const total = smoothed.reduce((sum, x) => sum + x, 0)
  const contextTerms = smoothed.map(x => Math.log(x / total) + Math.log(shift))
  const wordTerms = wordSums.map(Math.log)

  const offsets = new Uint32Array(words + 1)
  const indices = new Uint32Array(records)
  const values = new Float32Array(records)
  let entries = 0
  for await (const { count, words: ids, contexts, weights } of readCooccurrences(cooccurrences, signal)) {
    for (let at = 0; at < count; at++) {
      const value = Math.fround(Math.log(weights[at]!) - wordTerms[ids[at]!]! - contextTerms[contexts[at]!]!)
      if (!(value > 0)) continue
      indices[entries] = contexts[at]!
      values[entries++] = value
      offsets[ids[at]! + 1]!++
    }
    done += count
    report(done)
  }
  for (let word = 0; word < words; word++) offsets[word + 1]! += offsets[word]!
  return {
    rows: words,
    columns: words,
    offsets,
    indices: indices.slice(0, entries),
    values: values.slice(0, entries),
  }
}

function invalid(message: string, found: number): ElmanError {
  return new ElmanError('EMBEDDING_PPMI_INVALID', { message, found: String(found) })
}
