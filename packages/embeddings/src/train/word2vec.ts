import { defineComponent } from '@elman/core'
import { EMBEDDING, type EmbeddingMethod, type EmbeddingTask, type MethodResult } from './embedding-method.ts'
import { trainPrediction } from './train-prediction.ts'
import { fastTextOfRows, vectorsOfRows } from './trained-vectors.ts'
import {
  fastTextConfig,
  fastTextPrediction,
  type PredictionConfig,
  word2vecConfig,
  word2vecPrediction,
} from './word2vec-config.ts'

/** Words × epochs below which the vectors of a prediction are far from what they could be. */
const CONVERGED_WORDS = 30e6

/** Method `word2vec`: skip-gram and CBOW (Mikolov et al. 2013a, 2013b). */
export const word2vecComponent = defineComponent(EMBEDDING, {
  type: 'word2vec',
  summary: 'skip-gram or CBOW with negative sampling or hierarchical softmax (Mikolov et al. 2013)',
  config: word2vecConfig,
  create: (config): EmbeddingMethod => predictionMethod(word2vecPrediction(config)),
})

/** Method `fasttext`: the same with sub-words (Bojanowski et al. 2017). */
export const fastTextComponent = defineComponent(EMBEDDING, {
  type: 'fasttext',
  summary:
    'word2vec whose words are the mean of their letter n-grams, so that unknown words have vectors too',
  config: fastTextConfig,
  create: (config): EmbeddingMethod => predictionMethod(fastTextPrediction(config)),
})

function predictionMethod(config: PredictionConfig): EmbeddingMethod {
  return { train: task => train(task, config) }
}

async function train(task: EmbeddingTask, config: PredictionConfig): Promise<MethodResult> {
  const { vocabulary } = task
  const { finished, memory, epochs, words, seconds, wordsPerSecond, deterministic } = await trainPrediction(
    task,
    config,
  )
  const report = {
    epochs: epochs.map(epoch => ({ ...epoch })),
    words,
    seconds,
    wordsPerSecond,
    deterministic,
  }
  if (!finished) return { outcome: 'interrupted', report }
  const advice =
    words < CONVERGED_WORDS
      ? {
          advice:
            'on so little text these vectors are far from converged: compare with method ppmi-svd, or give more epochs',
        }
      : {}
  const outcome = 'finished'
  const told = { ...report, ...advice }
  if (config.subwords === undefined) {
    return { outcome, report: told, vectors: vectorsOfRows(vocabulary, memory, config.dimensions) }
  }
  const fastText = fastTextOfRows(task, memory, { ...config, subwords: config.subwords }, task.minimumCount)
  return { outcome, report: told, vectors: fastText.vectors, fastText }
}
