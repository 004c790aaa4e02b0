import { denseMatrix, type FastTextMatrix } from '../files/fasttext-matrix.ts'
import { FastTextModel } from '../files/fasttext-model.ts'
import type { TrainingMemory } from '../kernels/training/training-memory.ts'
import { WordVectors } from '../words/word-vectors.ts'
import type { EmbeddingTask } from './embedding-method.ts'
import type { PredictionConfig } from './word2vec-config.ts'

/** The words' own rows as vectors, without the padding. */
export function vectorsOfRows(
  { words, counts }: EmbeddingTask['vocabulary'],
  { input, stride }: Pick<TrainingMemory, 'input' | 'stride'>,
  dimensions: number,
): WordVectors {
  const matrix = unpadded(input.subarray(0, words.count * stride), stride, dimensions, true)
  return new WordVectors({ words, dimensions, matrix, counts })
}

/** The trained rows as a fastText model, which makes a vector of any word. */
export function fastTextOfRows(
  { vocabulary }: Pick<EmbeddingTask, 'vocabulary'>,
  { input, output, stride }: Pick<TrainingMemory, 'input' | 'output' | 'stride'>,
  config: PredictionConfig & Required<Pick<PredictionConfig, 'subwords'>>,
  minimumCount: number,
): FastTextModel {
  const { dimensions, window, epochs, negative, sample, subwords, architecture, objective } = config
  const matrix = (rows: Float32Array): FastTextMatrix =>
    denseMatrix(rows.length / stride, dimensions, unpadded(rows, stride, dimensions, false))
  return new FastTextModel({
    settings: {
      ...{ dimensions, window, epochs, minimumCount, negative, sample, ...subwords },
      ...{ loss: objective, model: architecture, wordNgrams: 1, rateUpdate: 100 },
    },
    ...{ words: vocabulary.words, counts: vocabulary.counts, tokens: vocabulary.rawTokens },
    ...{ input: matrix(input), output: matrix(output) },
  })
}

/** Rows without their padding; the numbers themselves where there is none and no copy is asked for. */
function unpadded(rows: Float32Array, stride: number, dimensions: number, copy: boolean): Float32Array {
  if (stride === dimensions) return copy ? rows.slice() : rows
  const count = rows.length / stride
  const matrix = new Float32Array(count * dimensions)
  for (let row = 0; row < count; row++)
    matrix.set(rows.subarray(row * stride, row * stride + dimensions), row * dimensions)
  return matrix
}
