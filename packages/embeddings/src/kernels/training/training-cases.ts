/** A small made-up corpus for tests of the training kernel: words by Zipf's law, sentences of every length from 0 to 24. */

import { createTrainingMemory, type TrainingMemory } from './training-memory.ts'
import type { TrainingSpec } from './training-spec.ts'

/** Numbers in [0, 1) by a fixed generator (Park & Miller 1988). */
export function createNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Ids with −1 after each sentence, and how often each word occurs; word 0 is the most frequent. */
export function zipfCorpus(words: number, sentences: number): { ids: Int32Array; counts: Float64Array } {
  const next = createNumbers(20_261_125)
  const ids: number[] = []
  const counts = new Float64Array(words).fill(1)
  for (let sentence = 0; sentence < sentences; sentence++) {
    for (let left = Math.floor(next() * 25); left > 0; left--) {
      const word = Math.min(words - 1, Math.floor(words ** next()) - 1)
      ids.push(word)
      counts[word] = counts[word]! + 1
    }
    ids.push(-1)
  }
  return { ids: Int32Array.from(ids), counts }
}

/** Rows of words that share some: each has its own and up to six of the buckets after the words. */
export function madeUpSubwords(words: number, buckets: number): { offsets: Uint32Array; rows: Int32Array } {
  const rows: number[] = []
  const offsets = [0]
  for (let word = 0; word < words; word++) {
    rows.push(word)
    for (let gram = 0; gram < word % 7; gram++) rows.push(words + ((word * 31 + gram * 17) % buckets))
    offsets.push(rows.length)
  }
  return { offsets: Uint32Array.from(offsets), rows: Int32Array.from(rows) }
}

/** A specification with word2vec's defaults, changed where the test says so. */
export function specOf(counts: Float64Array, options: Partial<TrainingSpec>): TrainingSpec {
  return {
    ...{ counts, dimensions: 12, inputRows: counts.length, outputRows: counts.length, workers: 1 },
    ...{ architecture: 'skip-gram', loss: 'negative-sampling', window: 5, shrinkWindow: true, negative: 5 },
    ...{ negativeExponent: 0.75, negativeSharing: 'none', sample: 1e-2, cbowMean: true, predicts: 'centre' },
    ...{ batchIds: 16_384, ...options },
  }
}

/** A memory whose two matrices begin with small numbers, the same each time. */
export function startedMemory(spec: TrainingSpec): TrainingMemory {
  const memory = createTrainingMemory(spec)
  const next = createNumbers(7)
  for (const matrix of [memory.input, memory.output]) {
    for (let row = 0; row < matrix.length; row += memory.stride) {
      for (let k = 0; k < spec.dimensions; k++) matrix[row + k] = (next() - 0.5) / 2
    }
  }
  return memory
}
