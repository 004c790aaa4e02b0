/** Records a second that the GloVe kernel and its twin get through, over the same real records. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CooccurrenceFile } from '@elman/embeddings'
import { createGloveMemory, initialiseGlove } from '../../packages/embeddings/src/glove/glove-model.ts'
import { writeGloveRecords } from '../../packages/embeddings/src/glove/glove-records.ts'
import {
  gloveExports,
  gloveModule,
  trainGloveBatch,
} from '../../packages/embeddings/src/kernels/glove/glove-kernel.ts'
import { referenceTrainGloveBatch } from '../../packages/embeddings/src/kernels/glove/glove-reference.ts'

const DIMENSIONS = 100
const BATCH = 1 << 14

/** Records per second of processor time. */
export async function kernelRates(pairs: CooccurrenceFile, folder: string): Promise<Record<string, number>> {
  const settings = { xMax: 10, alpha: 0.75, seed: 1, parts: 1 }
  const { path } = await writeGloveRecords(pairs, mkdtempSync(join(folder, 'records-')), settings)
  const all = readFileSync(path)
  const memory = createGloveMemory(pairs.words, DIMENSIONS, 1)
  const { records, cost } = memory.workers[0]!
  const room = new Uint8Array(memory.memory.buffer, records, BATCH * 16)
  const batch = { model: memory.model, records, cost, count: BATCH, rate: 0.05, clip: 100 }
  const kernel = gloveExports(gloveModule(), memory.memory)
  const rate = (batches: number, train: () => void) => {
    initialiseGlove(memory, settings)
    const run = (count: number) => {
      for (let at = 0; at < count; at++) {
        const begin = ((at * BATCH * 16) % (all.length - room.length)) & ~15
        room.set(all.subarray(begin, begin + room.length))
        train()
      }
    }
    run(Math.min(8, batches)) // compiled and warm
    const before = process.cpuUsage()
    run(batches)
    return (batches * BATCH) / (process.cpuUsage(before).user / 1e6)
  }
  return {
    'kernel alone': rate(200, () => trainGloveBatch(kernel, memory.layout, batch)),
    'TypeScript twin': rate(8, () => referenceTrainGloveBatch(memory.memory.buffer, memory.layout, batch)),
  }
}
