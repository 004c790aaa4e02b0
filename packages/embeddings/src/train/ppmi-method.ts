import { defineComponent } from '@elman/core'
import { z } from 'zod'
import { trainPpmiSvd } from '../spectral/train-ppmi-svd.ts'
import { EMBEDDING, type EmbeddingMethod } from './embedding-method.ts'

const config = z.strictObject({
  dimensions: z.int().min(1).max(4096).default(100).describe('numbers in a vector'),
  window: z.int().min(1).max(1000).default(5).describe('neighbours on each side'),
  weighting: z
    .enum(['linear', 'harmonic', 'flat'])
    .default('linear')
    .describe('how near neighbours count: as word2vec draws windows, by 1 / distance, or all the same'),
  sample: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('words above this share of the text are thinned out; 0 never'),
  shift: z.number().positive().default(1).describe('k: log k is taken off the mutual information'),
  smoothing: z.number().positive().max(1).default(0.75).describe('exponent of the context counts'),
  exponent: z
    .union([z.literal(0), z.literal(0.5), z.literal(1)])
    .default(0.5)
    .describe('p in U Σ^p: how much the singular values weigh'),
  memoryBytes: z
    .number()
    .min(2 ** 20)
    .default(2 ** 30)
    .describe('memory for counting; what does not fit goes to the disk'),
})

/** Method `ppmi-svd`: counting in place of predicting (Levy, Goldberg and Dagan 2015). One thread, seconds. */
export const ppmiSvdComponent = defineComponent(EMBEDDING, {
  type: 'ppmi-svd',
  summary:
    'singular vectors of positive mutual information: best on small texts, in seconds (Levy et al. 2015)',
  config,
  create: (options): EmbeddingMethod => ({
    async train({ corpus, vocabulary, run, seed, onProgress, signal }) {
      const { vectors, report } = await trainPpmiSvd(corpus, vocabulary, {
        ...{ ...options, seed, workFolder: run.path },
        ...(onProgress && { onProgress }),
        ...(signal && { signal }),
      })
      const { pairs, entries, iterations, seconds } = report
      const { count, weigh, decompose } = seconds
      const figures = { pairs, entries, iterations, seconds: count + weigh + decompose }
      return { outcome: 'finished', vectors, report: figures }
    },
  }),
})
