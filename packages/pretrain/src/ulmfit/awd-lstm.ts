/** The language model of ULMFiT: AWD-LSTM (Merity et al. 2018) with a tied softmax, and its sizes and dropouts as data. */
import { type Cell, ElmanError } from '@elman/core'
import { lstm, weightDrop } from '@elman/layers-recurrent'
import { z } from 'zod'
import { type LanguageModel, languageModel } from '../language-model/language-model.ts'

const size = (usual: number, text: string) => z.int().min(1).default(usual).describe(text)
const rate = (usual: number, text: string) => z.number().min(0).lt(1).default(usual).describe(text)

/** Sizes of an AWD-LSTM. */
export const awdSizes = z.strictObject({
  embedding: size(400, 'size of the word vectors and of the last layer'),
  hidden: size(1150, 'size of the other layers'),
  layers: size(3, 'number of layers'),
})

/** Sizes of an AWD-LSTM. */
export type AwdSizes = z.output<typeof awdSizes>

/** Where an AWD-LSTM drops in training; the values of the paper unless given. */
export const awdDropouts = z.strictObject({
  input: rate(0.4, 'of word vectors on their way into the first layer'),
  hidden: rate(0.3, 'of what one layer hands to the next'),
  output: rate(0.4, 'of what the last layer hands to the softmax, or to the head of a classifier'),
  embedding: rate(0.05, 'of words, wherever they occur in the batch'),
  weights: rate(0.5, 'of recurrent weights'),
})

/** Where an AWD-LSTM drops in training. */
export type AwdDropouts = z.output<typeof awdDropouts>

/** No dropout at all. */
export const NO_DROPOUTS: AwdDropouts = { input: 0, hidden: 0, output: 0, embedding: 0, weights: 0 }

/** Every rate times `factor` (fastai's `drop_mult`). */
export function scaledDropouts(dropouts: AwdDropouts, factor: number): AwdDropouts {
  return awdDropouts.parse(
    Object.fromEntries(Object.entries(dropouts).map(([name, value]) => [name, value * factor])),
  )
}

/** Outputs of the layers, from the first on. */
export function layerSizes({ embedding, hidden, layers }: AwdSizes): number[] {
  return Array.from({ length: layers }, (_, index) => (index === layers - 1 ? embedding : hidden))
}

/** Cells of the layers, with two biases as in PyTorch, which move twice as fast as one. */
export function awdCells(sizes: AwdSizes, weightRate: number): Cell[] {
  const outputs = layerSizes(sizes)
  return outputs.map((hidden, index) => {
    const cell = lstm({ inputSize: outputs[index - 1] ?? sizes.embedding, hidden, recurrentBias: true })
    return (weightRate > 0 ? weightDrop(cell, weightRate) : cell) as unknown as Cell
  })
}

/**
 * Makes the language model. Parameters: `embedding` (vocabulary, embedding), `rnn.<layer>.{input, recurrent, bias,
 * recurrentBias}` and `softmax.bias` (vocabulary); the softmax has the word vectors as its weights.
 */
export function awdLanguageModel(
  vocabularySize: number,
  sizes: AwdSizes,
  dropouts: AwdDropouts = NO_DROPOUTS,
): LanguageModel {
  const { input, hidden: between, output, embedding: embeddingRows, weights } = dropouts
  return languageModel({
    vocabularySize,
    embedding: sizes.embedding,
    cells: awdCells(sizes, weights),
    tied: true,
    dropout: { kind: 'locked', input, between, output, embeddingRows },
  })
}

/** @throws `ULMFIT_SIZES_DIFFER` when two models that should be alike are not */
export function checkSameSizes(expected: AwdSizes, found: AwdSizes, where: string): void {
  const text = ({ embedding, hidden, layers }: AwdSizes) =>
    `embedding ${embedding}, hidden ${hidden}, layers ${layers}`
  if (text(expected) === text(found)) return
  throw new ElmanError('ULMFIT_SIZES_DIFFER', {
    message: 'the weights are of a model of other sizes',
    expected: text(expected),
    found: text(found),
    where,
    hint: 'fastai has hidden 1152 since June 2019 and 1150 before: leave the sizes out to take those of the weights',
  })
}
