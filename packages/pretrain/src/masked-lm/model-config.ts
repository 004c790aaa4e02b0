/** What a BERT-style model is made of, and the published sizes (Turc et al. 2019; Devlin et al. 2019). */
import { z } from 'zod'

const count = (text: string) => z.int().min(1).describe(text)
const rate = (text: string) => z.number().min(0).lt(1).default(0.1).describe(text)

/** Options of a masked language model; its defaults are those of BERT tiny with the original code's GELU. */
export const maskedModelConfig = z.strictObject({
  size: count('features of each position').default(128),
  layers: count('number of blocks').default(2),
  heads: count('heads of attention').default(2),
  inner: count('features inside the feed-forward layers').default(512),
  positions: count('longest sequence').default(512),
  segments: count('kinds of segments').default(2),
  activation: z
    .enum(['gelu', 'gelu-tanh', 'relu'])
    .default('gelu-tanh')
    .describe('GELU by the error function, by tanh as the original code has it, or ReLU'),
  epsilon: z.number().positive().default(1e-12).describe('added to the variance in layer norms'),
  deviation: z.number().positive().default(0.02).describe('of the truncated normal that weights start from'),
  dropout: rate('of embeddings and of what each part adds'),
  attentionDropout: rate('of the weights of attention'),
  tied: z.boolean().default(true).describe('whether the output layer takes the word vectors as its weights'),
  nextSentence: z.boolean().default(false).describe('whether there is a head for next-sentence prediction'),
})

/** Options of a masked language model, complete. */
export type MaskedModelConfig = z.output<typeof maskedModelConfig>

/** A size of BERT as data: layers, features, heads and features inside. */
export interface MaskedModelSize {
  readonly layers: number
  readonly size: number
  readonly heads: number
  readonly inner: number
}

/** The published sizes. */
export const MASKED_MODEL_SIZES = {
  tiny: { layers: 2, size: 128, heads: 2, inner: 512 },
  mini: { layers: 4, size: 256, heads: 4, inner: 1024 },
  small: { layers: 4, size: 512, heads: 8, inner: 2048 },
  medium: { layers: 8, size: 512, heads: 8, inner: 2048 },
  base: { layers: 12, size: 768, heads: 12, inner: 3072 },
} as const satisfies { readonly [name: string]: MaskedModelSize }

/** Parameters of embeddings, blocks and pooler: what is published, which leaves the heads out. */
export function encoderParameterCount(
  {
    layers,
    size,
    inner,
    positions,
    segments,
  }: Omit<MaskedModelSize, 'heads'> & {
    readonly positions: number
    readonly segments: number
  },
  vocabularySize: number,
): number {
  const norm = 2 * size
  const square = size * size + size
  const block = 4 * square + 2 * norm + 2 * size * inner + inner + size
  return (vocabularySize + positions + segments) * size + norm + layers * block + square
}
