/** Stage `masked-lm-tagger`: a class for each word of sentences by a fine-tuned BERT. */
import { join, resolve } from 'node:path'
import { defineComponent, ElmanError, STAGE, writeFileAtomically } from '@elman/core'
import { z } from 'zod'
import { PREDICTIONS_FILE } from '../../stages/predictions.ts'
import type { Stage, StageContext } from '../../stages/stage.ts'
import { tagSentences } from '../fine-tuning/classify.ts'
import { readTaggedSentences, type TaggedSentence } from '../fine-tuning/labelled-lines.ts'
import { sentenceUnits } from '../fine-tuning/read-units.ts'
import { errorScores, fineTuneSplits } from './fine-tune-splits.ts'
import { fineTuningInputs, fineTuningStageOptions } from './start-model.ts'

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
      const { backend, outputDirectory } = context
      const tuned = await fineTuneSplits<TaggedSentence>(config, context, {
        task: 'words',
        folder: sentencesFolder(config, context),
        output: 'tagger',
        read: readTaggedSentences,
        labelsOf: ({ tags }) => tags,
        unitsOf: ({ words }, numbers, { tokenizer, ...limits }) =>
          sentenceUnits(words, numbers, tokenizer, limits),
      })
      if (tuned === undefined) return { outcome: 'interrupted' }
      const { made, test, validError, facts } = tuned
      const predictions = await tagSentences(made, test, { backend, batch: config.training.batch })
      const lines = predictions.map(prediction => `${JSON.stringify(prediction)}\n`)
      await writeFileAtomically(join(await outputDirectory('predictions'), PREDICTIONS_FILE), lines.join(''))
      const right = test.flatMap(({ tags }, index) =>
        tags.map((tag, word) => tag === predictions[index]!.tags[word]),
      )
      return {
        outcome: 'finished',
        outputs: { tagger: facts, predictions: { labels: made.labels } },
        scores: errorScores(validError, right.filter(is => !is).length, right.length),
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
