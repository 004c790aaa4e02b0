import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineComponent } from '@elman/core'
import { z } from 'zod'
import { openCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import { countCooccurrences } from '../cooccurrence/count-cooccurrences.ts'
import { gloveSettings } from '../glove/glove-settings.ts'
import { trainGlove } from '../glove/train-glove.ts'
import { EMBEDDING, type EmbeddingMethod, type EmbeddingTask, type MethodResult } from './embedding-method.ts'

const config = gloveSettings.omit({ seed: true }).extend({
  window: z.int().min(1).max(1000).default(10).describe('neighbours on each side, weighted by 1 / distance'),
  output: z.enum(['sum', 'words']).default('sum').describe('w + w~, or w alone'),
  unknownRow: z.boolean().default(false).describe('add a row <unk>: the mean of the 100 rarest words'),
  memoryBytes: z
    .number()
    .min(2 ** 20)
    .default(2 ** 30)
    .describe('memory for counting; what does not fit goes to the disk'),
})

/** Method `glove`: factors of the logarithms of co-occurrence counts (Pennington et al. 2014). */
export const gloveComponent = defineComponent(EMBEDDING, {
  type: 'glove',
  summary: 'weighted least squares on the logarithms of co-occurrence counts (Pennington et al. 2014)',
  config,
  create: (options): EmbeddingMethod => ({ train: task => train(task, options) }),
})

async function train(task: EmbeddingTask, options: z.output<typeof config>): Promise<MethodResult> {
  const { corpus, vocabulary, run, workers, seed, onProgress, signal } = task
  const { window, memoryBytes, ...model } = options
  const folder = join(run.path, 'glove')
  const records = join(folder, 'cooccurrences.bin')
  const hooks = { ...(onProgress && { onProgress }), ...(signal && { signal }) }
  const counted = existsSync(`${records}.json`)
    ? await openCooccurrences(records)
    : await countCooccurrences(corpus, vocabulary.words.count, { folder, window, memoryBytes, ...hooks })
  const { vectors, report } = await trainGlove(counted, vocabulary, {
    ...{ ...model, seed, workers, checkpointFolder: folder, ...hooks },
  })
  await rm(folder, { recursive: true })
  const { costs, recordsPerSecond } = report
  return {
    ...{ outcome: 'finished', vectors },
    report: {
      epochs: costs.map((loss, index) => ({ epoch: index + 1, loss })),
      ...{ records: report.records, recordsPerSecond: Math.round(recordsPerSecond) },
    },
  }
}
