/** Stage `average-predictions`: several classifiers as one, such as a forward and a backward one. */
import { defineComponent, STAGE } from '@elman/core'
import { z } from 'zod'
import { averageLabelledPredictions } from '../average-predictions.ts'
import { readPredictions, writePredictions } from '../predictions.ts'
import type { Port, Stage } from '../stage.ts'

/** Registry entry `average-predictions`. */
export const averagePredictionsStage = defineComponent(STAGE, {
  type: 'average-predictions',
  summary: 'predictions by the mean of the probabilities of several classifiers',
  config: z.strictObject({
    count: z.int().min(2).max(100).default(2).describe('inputs predictions-1, predictions-2, …'),
  }),
  create({ count }): Stage {
    const names = Array.from({ length: count }, (_, index) => `predictions-${index + 1}`)
    const port: Port = {
      ...{ kind: 'predictions', summary: 'with probabilities, of the same texts' },
      mayDiffer: ['direction', 'tokenizer', 'vocabulary'],
    }
    return {
      inputs: Object.fromEntries(names.map(name => [name, port])),
      outputs: { predictions: { kind: 'predictions', summary: 'of all together' } },
      async run({ inputs, outputDirectory }) {
        const all = await Promise.all(names.map(name => readPredictions(inputs[name]!.path)))
        const mean = averageLabelledPredictions(all, names)
        await writePredictions(await outputDirectory('predictions'), mean)
        return {
          outcome: 'finished',
          outputs: { predictions: { averaged: count } },
          scores: { texts: mean.length },
        }
      },
    }
  },
})
