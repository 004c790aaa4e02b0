import { z } from 'zod'

const positive = z.number().positive()

/** Options that skip-gram and CBOW share, whatever a word's own rows are. */
const prediction = {
  architecture: z
    .enum(['skip-gram', 'cbow'])
    .default('skip-gram')
    .describe('predict one word from one neighbour, or from the mean of all neighbours'),
  objective: z
    .enum(['negative-sampling', 'hierarchical-softmax'])
    .default('negative-sampling')
    .describe('how the full softmax is avoided'),
  dimensions: z.int().min(1).max(4096).default(100).describe('numbers in a vector'),
  window: z.int().min(1).max(1000).default(5).describe('neighbours on each side'),
  shrinkWindow: z
    .boolean()
    .default(true)
    .describe('draw each window from 1 to its size: near words count more'),
  negative: z.int().min(1).max(64).default(5).describe('noise words for each true one'),
  negativeSharing: z
    .enum(['none', 'window'])
    .default('none')
    .describe('fresh noise words for each pair, or the same for all neighbours of a word (faster)'),
  cbowMean: z.boolean().default(true).describe('CBOW: mean of the neighbours, not their sum'),
  threads: z
    .enum(['auto', 'rounds', 'shared'])
    .default('auto')
    .describe(
      'several threads: in rounds on copies of all rows (the same bits every time; best for two), or on shared rows (any number; no two runs alike); auto takes rounds for two where memory allows',
    ),
  epochs: z.int().min(1).default(5).describe('passes over the text'),
  finalLearningRate: z
    .number()
    .min(0)
    .optional()
    .describe('where the linear decay ends; 1/10,000 of the first rate unless given (0 for fasttext)'),
  freezeKnown: z
    .boolean()
    .default(false)
    .describe('going on from a model: leave the vectors of the words that it had as they were'),
}

/** Options of method `word2vec` (Mikolov et al. 2013; defaults of word2vec.c). */
export const word2vecConfig = z.strictObject({
  ...prediction,
  learningRate: positive
    .optional()
    .describe('first learning rate; 0.025 for skip-gram and 0.05 for CBOW unless given'),
  sample: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('words above this share of the text are thinned out; 0 never'),
  negativeExponent: z.number().default(0.75).describe('noise words come with probability count^exponent'),
})

/** Options of method `fasttext` (Bojanowski et al. 2017; defaults of the C++ tool). */
export const fastTextConfig = z.strictObject({
  ...prediction,
  learningRate: positive.default(0.05).describe('first learning rate'),
  sample: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('words above this share of the text are thinned out; 0 never'),
  negativeExponent: z.number().default(0.5).describe('noise words come with probability count^exponent'),
  minimumLength: z.int().min(1).default(3).describe('shortest sub-word, in characters'),
  maximumLength: z.int().min(1).default(6).describe('longest sub-word, in characters'),
  buckets: z.int().min(1).default(2_000_000).describe('rows that the sub-words share'),
})

/** Complete options of `word2vec`. */
export type Word2vecConfig = z.infer<typeof word2vecConfig>
/** Complete options of `fasttext`. */
export type FastTextConfig = z.infer<typeof fastTextConfig>

/** Options of either, as the trainer takes them. */
export type PredictionConfig = Omit<Word2vecConfig, 'learningRate'> & {
  readonly learningRate: number
  readonly finalLearningRate: number
  /** Which word of a pair is predicted: the centre from its neighbour (word2vec), or the neighbour (fastText). */
  readonly predicts: 'centre' | 'context'
  readonly subwords?: {
    readonly minimum: number
    readonly maximum: number
    readonly buckets: number
  }
  /** Width of the interval of first values, times dimensions. */
  readonly initialWidth: number
}

/** Completes the options of `word2vec`. */
export function word2vecPrediction(config: Word2vecConfig): PredictionConfig {
  const learningRate = config.learningRate ?? (config.architecture === 'cbow' ? 0.05 : 0.025)
  const finalLearningRate = config.finalLearningRate ?? learningRate * 1e-4
  return { ...config, learningRate, finalLearningRate, predicts: 'centre', initialWidth: 1 }
}

/** Completes the options of `fasttext`. */
export function fastTextPrediction(config: FastTextConfig): PredictionConfig {
  const { minimumLength: minimum, maximumLength: maximum, buckets, ...shared } = config
  return {
    ...shared,
    finalLearningRate: config.finalLearningRate ?? 0,
    predicts: 'context',
    subwords: { minimum, maximum, buckets },
    initialWidth: 2,
  }
}
