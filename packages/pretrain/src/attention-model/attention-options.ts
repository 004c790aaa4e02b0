/** Options of attention blocks in configs, and how they become blocks. */
import { ElmanError } from '@elman/core'
import {
  type BlockDropout,
  FEED_FORWARD_ACTIVATIONS,
  type Past,
  type StatefulLayer,
  transformerBlock,
} from '@elman/layers-attention'
import { z } from 'zod'

/** A dropout rate, 0 unless given. */
export const rate = (text: string) => z.number().min(0).lt(1).default(0).describe(text)

/** What an attention block may be told besides its size and how it knows positions. */
export const attentionConfig = {
  heads: z.int().min(1).default(4).describe('heads; they divide the size'),
  context: z.int().min(2).default(64).describe('tokens that `span` counts'),
  span: z
    .enum(['sliding', 'memory', 'segment'])
    .optional()
    .describe(
      'what a token sees: the `context` tokens before it; its window and `context` tokens before that, as in ' +
        'Transformer-XL; those before it in its segment of `context` tokens. Sliding unless positions are absolute',
    ),
  cache: z
    .enum(['states', 'keys-values'])
    .default('states')
    .describe(
      'what is kept of tokens read: states, or their keys and values, which training takes as constants',
    ),
  inner: z.int().min(1).optional().describe('features inside the feed-forward layer; 4 · size unless given'),
  activation: z.enum(FEED_FORWARD_ACTIVATIONS).default('gelu').describe('function of the feed-forward layer'),
  norm: z.enum(['pre', 'post']).default('pre').describe('layer norms before the parts of a block, or behind'),
  bias: z.boolean().default(true).describe('whether the projections of attention have biases'),
}

/** Where attention blocks drop. */
export const blockDropoutConfig = {
  weights: rate('of weights of attention'),
  residual: rate('of what attention and feed-forward layer add'),
  inner: rate('of features inside the feed-forward layer'),
}

/** How tokens know where they stand. */
export type Positions = 'none' | 'relative' | 'rotary' | 'learned' | 'sinusoidal'

/** {@link attentionConfig}, complete, with positions. */
export type AttentionOptions = z.output<z.ZodObject<typeof attentionConfig>> & {
  readonly positions: Positions
}

/** Whether positions are numbers from the start of a segment, which are added to word vectors. */
export function isAbsolute(positions: Positions): positions is 'learned' | 'sinusoidal' {
  return positions === 'learned' || positions === 'sinusoidal'
}

/**
 * How far back an attention block looks.
 *
 * @param path of the options in the config
 * @throws `ATTENTION_POSITIONS_SPAN` for absolute positions with a span that has no end
 */
export function pastOf({ positions, context, span }: AttentionOptions, path: string): Past {
  const absolute = isAbsolute(positions)
  if (absolute && span !== undefined && span !== 'segment') {
    throw new ElmanError('ATTENTION_POSITIONS_SPAN', {
      message: `${positions} positions are counted from the start of a segment, and span "${span}" has no segments`,
      where: path,
      hint: 'leave "span" out, or use positions "relative", "rotary" or "none"',
    })
  }
  return { kind: span ?? (absolute ? 'segment' : 'sliding'), length: context }
}

/** An attention block of a config. */
export function attentionBlock(
  size: number,
  options: AttentionOptions,
  dropout: BlockDropout,
  path: string,
): StatefulLayer {
  const { positions, context: _context, span: _span, ...rest } = options
  return transformerBlock({
    ...rest,
    ...{ size, dropout, past: pastOf(options, path), positions: isAbsolute(positions) ? 'none' : positions },
  })
}
