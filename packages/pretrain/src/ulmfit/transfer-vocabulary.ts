/** A language model's parameters for another vocabulary (Howard & Ruder 2018; `convert_weights` of fastai). */
import { ElmanError, type NdArray, ndArray, type Parameters } from '@elman/core'

/** Parameters for the new vocabulary, and how much of it was known. */
export interface TransferredVocabulary {
  readonly parameters: Parameters
  /** Words that both vocabularies have. */
  readonly kept: number
  /** Words that got the mean vector and the mean bias. */
  readonly fresh: number
}

/**
 * Word vectors and softmax biases by word: those of words that the old vocabulary lacks become the mean of all old
 * ones. All other parameters stay; the softmax is tied to the new vectors as it was to the old.
 *
 * @param from - Words of the old vocabulary by their ids.
 * @param to - Words of the new one.
 * @throws `ULMFIT_VOCABULARY_MISFIT` when `from` is not as long as the old vectors are many
 */
export function transferVocabulary(
  parameters: Parameters,
  from: readonly string[],
  to: readonly string[],
): TransferredVocabulary {
  const embedding = parameters.embedding as NdArray
  const { bias } = parameters.softmax as { readonly bias: NdArray }
  if (from.length !== embedding.shape[0]) {
    throw new ElmanError('ULMFIT_VOCABULARY_MISFIT', {
      message: 'the vocabulary does not belong to the weights',
      expected: `${embedding.shape[0]} words, one for each word vector`,
      found: `${from.length} words`,
      hint: 'take the vocabulary from beside the weights: itos_wt103.pkl, or the .pkl in the same archive',
    })
  }
  const ids = new Map(from.map((word, id) => [word, id]))
  const sources = to.map(word => ids.get(word) ?? -1)
  const kept = sources.filter(id => id >= 0).length
  return {
    parameters: {
      ...parameters,
      embedding: rows(embedding, sources),
      softmax: { bias: rows(bias, sources) },
    },
    kept,
    fresh: to.length - kept,
  }
}

/** Rows of `table` by their numbers; the mean of all for −1. Sums are taken in float64. */
function rows(table: NdArray, sources: readonly number[]): NdArray {
  const [count, ...rest] = table.shape as [number, ...number[]]
  const width = rest.reduce((product, extent) => product * extent, 1)
  const mean = new Float64Array(width)
  for (let i = 0; i < count * width; i++) mean[i % width]! += Number(table.data[i])
  for (let i = 0; i < width; i++) mean[i]! /= count
  const size = sources.length * width
  const data = table.dtype === 'float64' ? new Float64Array(size) : new Float32Array(size)
  sources.forEach((source, row) => {
    for (let i = 0; i < width; i++)
      data[row * width + i] = source < 0 ? mean[i]! : Number(table.data[source * width + i])
  })
  return ndArray(table.dtype as 'float32', [sources.length, ...rest], data as Float32Array)
}
