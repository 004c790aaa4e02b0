/** Labels of texts and tags of words by a fine-tuned model. */
import type { Backend } from '@elman/core'
import type { LabelledPrediction } from '../../stages/predictions.ts'
import { mostProbable } from '../../ulmfit/predict.ts'
import { maskedTokenIds } from '../special-tokens.ts'
import type { FineTunedFolder } from './model-folder.ts'
import { createUnitPredictor } from './predict-units.ts'
import { sentenceUnits, type TextToRead, textUnit } from './read-units.ts'

/** How a fine-tuned model is used. */
export interface ClassifyOptions {
  readonly backend: Backend
  /** Sequences side by side; it changes no prediction. 16 unless given. */
  readonly batch?: number | undefined
}

/** A sentence to tag. */
export interface SentenceToTag {
  readonly id: string
  readonly words: readonly string[]
}

/** The tags of a sentence, one for each word. */
export interface TaggedPrediction {
  readonly id: string
  readonly tags: readonly string[]
}

/** Labels of texts, with probabilities by label, in the order of the texts. */
export async function classifyTexts(
  { model, parameters, tokenizer, labels, length }: FineTunedFolder,
  texts: readonly TextToRead[],
  { backend, batch }: ClassifyOptions,
): Promise<LabelledPrediction[]> {
  const special = maskedTokenIds(tokenizer)
  const predictor = createUnitPredictor(backend, model, { padding: special.padding, length, batch })
  try {
    const units = texts.map(text => textUnit(text, -1, tokenizer, { special, length }))
    const found = await predictor.predict(parameters, units)
    return texts.map(({ id }, index) => {
      const probabilities = found[index]![0]!
      return {
        ...{ id, label: labels[mostProbable(probabilities)]! },
        probabilities: Object.fromEntries(labels.map((label, at) => [label, probabilities[at]!])),
      }
    })
  } finally {
    await predictor.dispose()
  }
}

/** Tags of the words of sentences, in their order. */
export async function tagSentences(
  { model, parameters, tokenizer, labels, length }: FineTunedFolder,
  sentences: readonly SentenceToTag[],
  { backend, batch }: ClassifyOptions,
): Promise<TaggedPrediction[]> {
  const special = maskedTokenIds(tokenizer)
  const predictor = createUnitPredictor(backend, model, { padding: special.padding, length, batch })
  try {
    const units = sentences.map(({ words }) => sentenceUnits(words, [], tokenizer, { special, length }))
    const found = await predictor.predict(parameters, units.flat())
    let at = 0
    return sentences.map(({ id }, index) => {
      const parts = found.slice(at, at + units[index]!.length)
      at += units[index]!.length
      return { id, tags: parts.flat().map(probabilities => labels[mostProbable(probabilities)]!) }
    })
  } finally {
    await predictor.dispose()
  }
}
