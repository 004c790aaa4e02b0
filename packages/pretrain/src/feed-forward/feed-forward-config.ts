/** Options of model `feed-forward-lm`, and how they become one. */
import { componentOf, defineComponent, MODEL } from '@elman/core'
import { z } from 'zod'
import { initialVectorsConfig } from '../language-model/initial-vectors-config.ts'
import type { LanguageModelFactory } from '../language-model/model-config.ts'
import { augmentedLossConfig } from '../softmax/augmented-loss.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { feedForwardModel } from './feed-forward-model.ts'

const rate = (text: string) => z.number().min(0).lt(1).default(0).describe(text)

/** Options of model `feed-forward-lm`. */
export const feedForwardConfig = z.strictObject({
  order: z.int().min(2).default(5).describe('n: a token is predicted from the n − 1 before it'),
  embedding: z.int().min(1).default(60).describe('size of the word vectors'),
  hidden: z.int().min(1).default(100).describe('units of the tanh layer'),
  direct: z.boolean().default(false).describe('whether the word vectors also reach the softmax directly'),
  tied: z.boolean().default(false).describe('whether the softmax takes the word vectors as its weights'),
  softmax: componentOf(SOFTMAX).default('full').describe('output layer: full, mixture, adaptive or sampled'),
  augmentedLoss: augmentedLossConfig
    .optional()
    .describe('a term of the training loss that asks for words like the target (Inan et al. 2017)'),
  initialScale: z.number().positive().optional().describe('all parameters start uniform in ± this'),
  initialVectors: initialVectorsConfig
    .optional()
    .describe('word vectors to start with, of as many numbers as `embedding` says'),
  dropout: z
    .strictObject({
      input: rate('of the word vectors'),
      output: rate('of the output of the tanh layer'),
      kind: z.enum(['step', 'locked']).default('step').describe('a new mask each step, or one over time'),
    })
    .prefault({}),
})

/** Options of model `feed-forward-lm`, complete. */
export type FeedForwardConfig = z.output<typeof feedForwardConfig>

/** Registry entry `feed-forward-lm`. */
export const feedForwardComponent = defineComponent(MODEL, {
  type: 'feed-forward-lm',
  summary: 'feed-forward language model: the words before, a tanh layer, softmax (Bengio et al. 2003)',
  config: feedForwardConfig,
  create: ({ initialVectors, ...config }, services): LanguageModelFactory => {
    const softmax = services.create(SOFTMAX, config.softmax, { path: 'model.softmax' })
    return vocabularySize => {
      const model = feedForwardModel({
        ...{ ...config, vocabularySize, softmax },
        frozenEmbedding: initialVectors?.tune === false,
        embeddingRateFactor: initialVectors?.rateFactor,
      })
      if (initialVectors === undefined) return model
      return { ...model, initialVectors: { config: initialVectors, size: config.embedding } }
    }
  },
})
