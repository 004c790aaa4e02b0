/** Stage `masked-lm-classifier`: classes of texts, or of pairs of texts, by a fine-tuned BERT. */
import { defineComponent, STAGE } from '@elman/core'
import { z } from 'zod'
import { writePredictions } from '../../stages/predictions.ts'
import type { Stage } from '../../stages/stage.ts'
import { classifyTexts } from '../fine-tuning/classify.ts'
import { type LabelledPair, readLabelledPairs } from '../fine-tuning/labelled-lines.ts'
import { textUnit } from '../fine-tuning/read-units.ts'
import { errorScores, fineTuneSplits } from './fine-tune-splits.ts'
import { fineTuningInputs, fineTuningStageOptions } from './start-model.ts'

/** Options of the stage. */
export const maskedClassifierConfig = z.strictObject(fineTuningStageOptions)

/**
 * Registry entry `masked-lm-classifier`. Lines of the artefact `labelled` may have a second text, `pair`. Predictions are
 * those of the test texts, in their order.
 */
export const maskedClassifierStage = defineComponent(STAGE, {
  type: 'masked-lm-classifier',
  summary: 'classifier of texts or pairs of texts on a masked language model (Devlin et al. 2019)',
  config: maskedClassifierConfig,
  create: (config): Stage => ({
    inputs: {
      labelled: { kind: 'labelled-texts', summary: 'train.jsonl, valid.jsonl, test.jsonl' },
      ...fineTuningInputs,
    },
    outputs: {
      classifier: {
        kind: 'classifier',
        summary: 'config.json with labels, model.safetensors, tokenizer.json',
      },
      predictions: { kind: 'predictions', summary: 'labels and probabilities of the test texts' },
    },
    async run(context) {
      const { backend, inputs, outputDirectory } = context
      const tuned = await fineTuneSplits<LabelledPair>(config, context, {
        task: 'text',
        folder: inputs.labelled!.path,
        output: 'classifier',
        read: readLabelledPairs,
        labelsOf: ({ label }) => [label],
        unitsOf: (text, [label], { tokenizer, ...limits }) => [textUnit(text, label!, tokenizer, limits)],
      })
      if (tuned === undefined) return { outcome: 'interrupted' }
      const { made, test, validError, facts } = tuned
      const predictions = await classifyTexts(made, test, { backend, batch: config.training.batch })
      await writePredictions(await outputDirectory('predictions'), predictions)
      const wrong = predictions.filter(({ label }, index) => label !== test[index]!.label).length
      return {
        outcome: 'finished',
        outputs: { classifier: facts, predictions: { labels: made.labels } },
        scores: errorScores(validError, wrong, test.length),
      }
    },
  }),
})
