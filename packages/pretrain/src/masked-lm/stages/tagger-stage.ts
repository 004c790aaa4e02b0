/** Stage `masked-lm-tagger`: a class for each word of sentences by a fine-tuned BERT. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defineComponent, ElmanError, STAGE, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import { PREDICTIONS_FILE } from '../../stages/predictions.ts'
import type { Stage, StageContext } from '../../stages/stage.ts'
import { tagSentences } from '../fine-tuning/classify.ts'
import { fineTune } from '../fine-tuning/fine-tune.ts'
import { readTaggedSentences, type TaggedSentence } from '../fine-tuning/labelled-lines.ts'
import { writeFineTuned } from '../fine-tuning/model-folder.ts'
import { sentenceUnits } from '../fine-tuning/read-units.ts'
import { maskedTokenIds } from '../special-tokens.ts'
import {
  fineTuningInputs,
  fineTuningReporter,
  fineTuningStageOptions,
  startModelOf,
  tokenizerFacts,
} from './start-model.ts'

/** Options of the stage. */
export const maskedTaggerConfig = z.strictObject({
  ...fineTuningStageOptions,
  sentences: z
    .string()
    .min(1)
    .optional()
    .describe('folder with train.jsonl, valid.jsonl, test.jsonl, in place of the artefact `tagged`'),
})

type Config = z.output<typeof maskedTaggerConfig>

/**
 * Registry entry `masked-lm-tagger`. Files are JSON Lines of `{ "id", "words", "tags" }`. Words are told by their first
 * pieces. Predictions are those of the test sentences, in their order: `predictions.jsonl` of `{ "id", "tags" }`.
 */
export const maskedTaggerStage = defineComponent(STAGE, {
  type: 'masked-lm-tagger',
  summary: 'classes of words on a masked language model (Devlin et al. 2019)',
  config: maskedTaggerConfig,
  create: (config): Stage => ({
    inputs: {
      tagged: { kind: 'tagged-sentences', summary: 'train.jsonl, valid.jsonl, test.jsonl', optional: true },
      ...fineTuningInputs,
    },
    outputs: {
      tagger: { kind: 'tagger', summary: 'config.json with tags, model.safetensors, tokenizer.json' },
      predictions: { kind: 'tag-predictions', summary: 'tags of the test sentences' },
    },
    async run(context) {
      const { backend, seed, signal, workDirectory, outputDirectory, onEvent } = context
      const folder = sentencesFolder(config, context)
      const { tokenizer, ...start } = await startModelOf(config, context)
      const special = maskedTokenIds(tokenizer)
      const { length, batch } = config.training
      const split = (name: string) => {
        const path = join(folder, `${name}.jsonl`)
        return existsSync(path) ? readTaggedSentences(path) : undefined
      }
      const sentences = (await split('train')) ?? []
      const labels = [...new Set(sentences.flatMap(({ tags }) => tags))].sort()
      const units = (list: readonly TaggedSentence[]) =>
        list.flatMap(({ words, tags }) => {
          const numbers = tags.map(tag => labels.indexOf(tag))
          return sentenceUnits(words, numbers, tokenizer, { special, length })
        })
      const valid = await split('valid')
      const result = await fineTune({
        ...{ ...start, task: 'words', backend, special, seed, signal, training: config.training },
        ...{ classes: labels.length, units: units(sentences), valid: valid && units(valid) },
        ...{ directory: workDirectory, onEvent: fineTuningReporter(onEvent) },
      })
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      const { model, parameters, validError } = result
      const made = { model, parameters, tokenizer, labels, length }
      await writeFineTuned(await outputDirectory('tagger'), made)
      const test = (await split('test')) ?? []
      const predictions = await tagSentences(made, test, { backend, batch })
      const lines = predictions.map(prediction => `${JSON.stringify(prediction)}\n`)
      await writeFileAtomically(join(await outputDirectory('predictions'), PREDICTIONS_FILE), lines.join(''))
      const right = test.flatMap(({ tags }, index) =>
        tags.map((tag, word) => tag === predictions[index]!.tags[word]),
      )
      const facts = { family: 'masked-lm', direction: 'both' as const, ...tokenizerFacts(tokenizer) }
      return {
        outcome: 'finished',
        outputs: { tagger: { ...facts, labels }, predictions: { labels } },
        scores: {
          ...(validError === undefined ? {} : { validError }),
          ...(right.length === 0 ? {} : { testError: right.filter(is => !is).length / right.length }),
        },
      }
    },
  }),
})

function sentencesFolder({ sentences }: Config, { inputs, baseDirectory }: StageContext): string {
  const folder = sentences === undefined ? inputs.tagged?.path : resolve(baseDirectory, sentences)
  if (folder !== undefined) return folder
  throw new ElmanError('MASKED_LM_NO_SENTENCES', {
    message: 'stage "masked-lm-tagger" was given no sentences',
    expected: 'the artefact "tagged" of another stage, or the option "sentences" with a folder',
  })
}
