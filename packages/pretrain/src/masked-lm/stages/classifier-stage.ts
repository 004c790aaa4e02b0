/** Stage `masked-lm-classifier`: classes of texts, or of pairs of texts, by a fine-tuned BERT. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineComponent, STAGE } from '@elman/core'
import { z } from 'zod'
import { writePredictions } from '../../stages/predictions.ts'
import type { Stage } from '../../stages/stage.ts'
import { classifyTexts } from '../fine-tuning/classify.ts'
import { fineTune } from '../fine-tuning/fine-tune.ts'
import { type LabelledPair, readLabelledPairs } from '../fine-tuning/labelled-lines.ts'
import { writeFineTuned } from '../fine-tuning/model-folder.ts'
import { textUnit } from '../fine-tuning/read-units.ts'
import { maskedTokenIds } from '../special-tokens.ts'
import {
  fineTuningInputs,
  fineTuningReporter,
  fineTuningStageOptions,
  startModelOf,
  tokenizerFacts,
} from './start-model.ts'

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
      const { backend, inputs, seed, signal, workDirectory, outputDirectory, onEvent } = context
      const { tokenizer, ...start } = await startModelOf(config, context)
      const special = maskedTokenIds(tokenizer)
      const { length, batch } = config.training
      const split = (name: string) => {
        const path = join(inputs.labelled!.path, `${name}.jsonl`)
        return existsSync(path) ? readLabelledPairs(path) : undefined
      }
      const texts = (await split('train')) ?? []
      const labels = [...new Set(texts.map(({ label }) => label))].sort()
      const units = (list: readonly LabelledPair[]) =>
        list.map(text => textUnit(text, labels.indexOf(text.label), tokenizer, { special, length }))
      const valid = await split('valid')
      const result = await fineTune({
        ...{ ...start, task: 'text', backend, special, seed, signal, training: config.training },
        ...{ classes: labels.length, units: units(texts), valid: valid && units(valid) },
        ...{ directory: workDirectory, onEvent: fineTuningReporter(onEvent) },
      })
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      const { model, parameters, validError } = result
      const made = { model, parameters, tokenizer, labels, length }
      await writeFineTuned(await outputDirectory('classifier'), made)
      const test = (await split('test')) ?? []
      const predictions = await classifyTexts(made, test, { backend, batch })
      await writePredictions(await outputDirectory('predictions'), predictions)
      const wrong = predictions.filter(({ label }, index) => label !== test[index]!.label).length
      const facts = { family: 'masked-lm', direction: 'both' as const, ...tokenizerFacts(tokenizer) }
      return {
        outcome: 'finished',
        outputs: { classifier: { ...facts, labels }, predictions: { labels } },
        scores: {
          ...(validError === undefined ? {} : { validError }),
          ...(test.length === 0 ? {} : { testError: wrong / test.length }),
        },
      }
    },
  }),
})
