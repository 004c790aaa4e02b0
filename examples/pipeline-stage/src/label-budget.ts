import { defineComponent, random, STAGE } from '@elman/core'
import { type PipelineStage, readLabelledSplit, writeLabelledSplits } from '@elman/pretrain'
import { z } from 'zod'

/** Stage `label-budget`: as many training texts as one could pay labels for; those of the other splits stay. */
export const labelBudget = defineComponent(STAGE, {
  type: 'label-budget',
  summary: 'keeps so many labelled training texts, drawn by the seed of the pipeline',
  config: z.strictObject({ texts: z.int().min(1).describe('training texts to keep') }),
  create: ({ texts }): PipelineStage => ({
    inputs: { labelled: { kind: 'labelled-texts', summary: 'all texts' } },
    outputs: { labelled: { kind: 'labelled-texts', summary: 'the same with fewer training texts' } },
    async run({ inputs, seed, outputDirectory, onEvent }) {
      const folder = inputs.labelled!.path
      const [all = [], valid, test] = await Promise.all(
        (['train', 'valid', 'test'] as const).map(split => readLabelledSplit(folder, split)),
      )
      const draws = random.uniform(random.key(seed), all.length, 'float64')
      const kept = new Set([...draws.keys()].sort((a, b) => draws[a]! - draws[b]!).slice(0, texts))
      const train = all.filter((_, index) => kept.has(index))
      const facts = await writeLabelledSplits(await outputDirectory('labelled'), { train, valid, test })
      onEvent({ kind: 'note', text: `${train.length} of ${all.length} training texts` })
      return { outcome: 'finished', outputs: { labelled: facts }, scores: { 'train texts': train.length } }
    },
  }),
})
