/** Stage `text`: a dataset, or the user's own files, as the text of a pipeline. */
import { join } from 'node:path'
import { defineComponent, STAGE, writeFileAtomically } from '@elman/core'
import { datasetsOf, findCut, loadCorpus, planCorpus, readBytes, SPLIT_NAMES } from '@elman/text'
import { z } from 'zod'
import { corpusConfig } from '../../experiment/experiment-config.ts'
import type { Stage } from '../stage.ts'

const textStageConfig = z.strictObject({
  corpus: corpusConfig.describe('a dataset by name, or { type: "text-files", … } for files of your own'),
})

/**
 * Registry entry `text`. Artefact `text` has `train.txt`, and `valid.txt` and `test.txt` where the dataset has such
 * parts; files of datasets are compared with their published hashes.
 */
export const textStage = defineComponent(STAGE, {
  type: 'text',
  summary: 'a dataset or files of your own, divided into train, valid and test',
  config: textStageConfig,
  create: ({ corpus: config }): Stage => ({
    inputs: {},
    outputs: { text: { kind: 'text', summary: 'train.txt, valid.txt, test.txt' } },
    sources({ baseDirectory, container }) {
      const { splits } = planCorpus(config, { baseDirectory, datasets: datasetsOf(container) }).plan
      return Object.values(splits).map(({ path }) => path)
    },
    async run({ baseDirectory, container, outputDirectory, onEvent }) {
      const options = { baseDirectory, datasets: datasetsOf(container) }
      const corpus = await loadCorpus(config, options) // reads all of it once: hashes, encoding, empty parts
      const { plan } = planCorpus(corpus.config, options)
      const folder = await outputDirectory('text')
      const bytes: Record<string, number> = {}
      for (const split of SPLIT_NAMES) {
        const source = plan.splits[split]
        if (source === undefined) continue
        const { path, from = 0, to = 1 } = source
        const start = from === 0 ? 0 : await findCut(path, from, plan.unit)
        const end = to === 1 ? Number.POSITIVE_INFINITY : await findCut(path, to, plan.unit)
        const written = await writeFileAtomically(
          join(folder, `${split}.txt`),
          readBytes(path, { start, end }),
        )
        bytes[split] = written.bytes
      }
      const tokens = Object.fromEntries(
        SPLIT_NAMES.flatMap(split => {
          const count = corpus.splits[split]?.ids.length
          return count === undefined ? [] : [[split, count]]
        }),
      )
      onEvent({ kind: 'note', text: `${corpus.type} (${corpus.license}): ${JSON.stringify(tokens)} tokens` })
      const { type: dataset, license, unit } = corpus
      return { outcome: 'finished', outputs: { text: { dataset, license, unit, tokens, bytes } } }
    },
  }),
})
