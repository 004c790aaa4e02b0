/** Registry entries of attention as layers over (time, batch, size) that begin with nothing. */
import { defineComponent, LAYER } from '@elman/core'
import { z } from 'zod'
import { withoutState } from '../sequence/stateful-layer.ts'
import { FEED_FORWARD_ACTIVATIONS } from './feed-forward.ts'
import { selfAttention } from './self-attention.ts'
import { transformerBlock } from './transformer-block.ts'

const rate = (text: string) => z.number().min(0).lt(1).default(0).describe(text)

const headConfig = {
  size: z.int().positive().describe('features of input and output'),
  heads: z.int().positive().default(4).describe('heads; they divide the size'),
  causal: z.boolean().default(true).describe('whether steps see no later ones'),
  positions: z
    .enum(['none', 'relative', 'rotary'])
    .default('none')
    .describe('how positions enter the scores'),
  bias: z.boolean().default(true).describe('whether the projections of attention have biases'),
}

/** Registry entry `self-attention`. */
export const selfAttentionComponent = defineComponent(LAYER, {
  type: 'self-attention',
  summary: 'multi-head attention of (time, batch, size) to itself (Vaswani et al. 2017)',
  config: z.strictObject({ ...headConfig, dropout: rate('of weights of attention') }),
  create: options => withoutState(selfAttention(options)),
})

/** Registry entry `transformer-block`. */
export const transformerBlockComponent = defineComponent(LAYER, {
  type: 'transformer-block',
  summary: 'self-attention and a feed-forward layer with residuals, normalised before or behind',
  config: z.strictObject({
    ...headConfig,
    inner: z
      .int()
      .positive()
      .optional()
      .describe('features inside the feed-forward layer; 4 · size unless given'),
    activation: z
      .enum(FEED_FORWARD_ACTIVATIONS)
      .default('gelu')
      .describe('function of the feed-forward layer'),
    norm: z.enum(['pre', 'post']).default('pre').describe('where the layer norms stand'),
    dropout: z
      .strictObject({
        weights: rate('of weights of attention'),
        residual: rate('of what the two parts add'),
        inner: rate('of features inside the feed-forward layer'),
      })
      .prefault({}),
  }),
  create: options => withoutState(transformerBlock(options)),
})
