/** Stage `ulmfit-classifier`: classes of texts by the encoder of a language model, and its predictions. */
import { copyFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { defineComponent, ElmanError, STAGE } from '@elman/core'
import { loadTokenizer, type Tokenizer } from '@elman/text'
import { z } from 'zod'
import { type LabelledPrediction, writePredictions } from '../stages/predictions.ts'
import type { Stage } from '../stages/stage.ts'
import { inDirection, type LabelledDocument } from './documents.ts'
import { type LabelledText, readLabelledTexts } from './labelled-texts.ts'
import { loadUlmfitLanguageModel, saveUlmfitModel, vocabularyHash } from './model-folder.ts'
import { createPredictor, type Prediction } from './predict.ts'
import { ulmfitPresets } from './presets.ts'
import {
  agreedDirection,
  changedTraining,
  commonStageConfig,
  progressTeller,
  sizesOf,
  tokenizerPath,
  wordsOf,
} from './stage-parts.ts'
import { errorRate, trainUlmfitClassifier } from './train-classifier.ts'
import { classifierTraining } from './training-config.ts'

const classifierStageConfig = z.strictObject({ ...commonStageConfig })

/**
 * Registry entry `ulmfit-classifier`. Artefact `labelled` has `train.jsonl`, and `valid.jsonl` and `test.jsonl` where
 * there are such. Predictions are those of the test texts, in their order: `predictions.jsonl` with `id`, `label` and
 * `probabilities` by label.
 */
export const ulmfitClassifierStage = defineComponent(STAGE, {
  type: 'ulmfit-classifier',
  summary: 'classifier of texts on a language model (Howard & Ruder 2018)',
  config: classifierStageConfig,
  create: (config): Stage => ({
    inputs: {
      tokenizer: { kind: 'tokenizer', summary: 'what cuts the texts' },
      labelled: { kind: 'labelled-texts', summary: 'texts with labels' },
      model: {
        kind: 'language-model',
        summary: 'language model; without it training is from scratch',
        optional: true,
      },
    },
    outputs: {
      classifier: { kind: 'classifier', summary: 'classifier with its words and labels' },
      predictions: { kind: 'predictions', summary: 'labels and probabilities of the test texts' },
    },
    async run(context) {
      const { backend, inputs, seed, signal, workDirectory, outputDirectory } = context
      const tokenizer = await loadTokenizer(tokenizerPath(context))
      const words = wordsOf(tokenizer)
      const model = inputs.model && (await loadUlmfitLanguageModel(inputs.model.path))
      if (model !== undefined) checkWords(words, model.words, inputs.model!.path)
      const direction = agreedDirection(config.direction, model?.card.direction)
      const sizes = model?.card.sizes ?? sizesOf(config)
      const training = changedTraining(
        classifierTraining,
        ulmfitPresets[config.preset].classifier,
        config.training,
      )
      const folder = inputs.labelled!.path
      const texts = await readLabelledTexts(join(folder, 'train.jsonl'))
      const labels = [...new Set(texts.map(({ label }) => label))].sort()
      const split = async (name: string) => {
        const path = join(folder, `${name}.jsonl`)
        const isThere = await stat(path).then(
          () => true,
          () => false,
        )
        return isThere ? documentsOf(await readLabelledTexts(path), labels, tokenizer) : undefined
      }
      const result = await trainUlmfitClassifier({
        ...{ backend, vocabularySize: words.length, sizes, direction, seed, signal, training },
        classes: labels.length,
        documents: documentsOf(texts, labels, tokenizer),
        valid: await split('valid'),
        languageModel: model?.parameters,
        directory: workDirectory,
        onEvent: progressTeller(context),
      })
      if (result.outcome === 'interrupted') return { outcome: 'interrupted' }
      const { bptt, keep, head } = training
      const card = { kind: 'classifier', sizes, direction, labels, head, bptt, keep } as const
      const output = await outputDirectory('classifier')
      await saveUlmfitModel(output, { card, words, parameters: result.parameters })
      await copyFile(tokenizerPath(context), join(output, 'tokenizer.json'))
      const test = (await split('test')) ?? []
      const predictor = createPredictor(backend, result.classifier, { bptt, keep })
      const read = test.map(each => ({ ...each, ids: inDirection(each.ids, direction) }))
      const predictions = await predictor.predict(result.parameters, read)
      await predictor.dispose()
      const told = predictions.map(prediction => named(prediction, labels))
      await writePredictions(await outputDirectory('predictions'), told)
      const facts = { vocabulary: vocabularyHash(words), tokenizer: tokenizer.hash, direction }
      return {
        outcome: 'finished',
        outputs: { classifier: { ...facts, labels }, predictions: { labels } },
        scores: {
          ...(result.validError === undefined ? {} : { validError: result.validError }),
          ...(test.length === 0 ? {} : { testError: errorRate(predictions, test) }),
        },
      }
    },
  }),
})

/** Texts as ids; a label that training has not is −1, which no prediction is. */
function documentsOf(
  texts: readonly LabelledText[],
  labels: readonly string[],
  tokenizer: Tokenizer,
): LabelledDocument[] {
  return texts.map(({ id, text, label }) => ({
    id,
    ids: tokenizer.encode(text).ids,
    label: labels.indexOf(label),
  }))
}

function named({ id, probabilities, label }: Prediction, labels: readonly string[]): LabelledPrediction {
  return {
    id,
    label: labels[label]!,
    probabilities: Object.fromEntries(labels.map((name, index) => [name, probabilities[index]!])),
  }
}

function checkWords(tokenizer: readonly string[], model: readonly string[], where: string): void {
  if (vocabularyHash(tokenizer) === vocabularyHash(model)) return
  const differs = tokenizer.findIndex((word, id) => word !== model[id])
  throw new ElmanError('ULMFIT_VOCABULARY_DIFFERS', {
    message: 'the tokenizer has another vocabulary than the language model',
    expected: `${tokenizer.length} words, with ${JSON.stringify(tokenizer[differs])} at ${differs}`,
    found: `${model.length} words, with ${JSON.stringify(model[differs])} there`,
    where,
    hint: 'tune the language model with this tokenizer first (stage ulmfit-language-model): that moves its vocabulary',
  })
}
