import {
  add,
  childContext,
  dropout,
  type LayerContext,
  layerNorm,
  type Parameters,
  random,
  type Tensor,
  type Traced,
} from '@elman/core'
import { partOf, type StatefulLayer, withoutPadding } from '../sequence/stateful-layer.ts'
import { type FeedForwardOptions, feedForward } from './feed-forward.ts'
import { type SelfAttentionOptions, selfAttention } from './self-attention.ts'

/** Where a block drops in training; probabilities of dropping, 0 unless given. */
export interface BlockDropout {
  /** Weights of attention. */
  readonly weights?: number | undefined
  /** What attention and feed-forward layer add to their input. */
  readonly residual?: number | undefined
  /** Inside the feed-forward layer. */
  readonly inner?: number | undefined
}

/** Options of {@link transformerBlock}. */
export interface TransformerBlockOptions
  extends Omit<SelfAttentionOptions, 'dropout'>,
    Pick<FeedForwardOptions, 'inner' | 'activation'> {
  /**
   * `pre`: each part reads its input normalised, and nothing normalises the sum (Xiong et al. 2020); a last layer norm
   * belongs behind the stack. `post`: each sum is normalised (Vaswani et al. 2017). `pre` unless given.
   */
  readonly norm?: 'pre' | 'post' | undefined
  readonly dropout?: BlockDropout | undefined
  /** Added to the variance in layer norms; 1e-5 unless given. */
  readonly epsilon?: number | undefined
}

/**
 * A Transformer block: self-attention and a feed-forward layer, each added to its input; as PyTorch's
 * `nn.TransformerEncoderLayer`, with memory over windows where `past` is given. Parameters: `attention`,
 * `attentionNorm`, `feedForward`, `feedForwardNorm`. State: as {@link selfAttention}.
 *
 * @throws as {@link selfAttention}
 */
export function transformerBlock(options: TransformerBlockOptions): StatefulLayer {
  const { size, inner, activation, norm = 'pre', dropout: rates = {}, epsilon } = options
  const attention = selfAttention({ ...options, dropout: rates.weights })
  const forward = feedForward({ size, inner, activation, dropout: rates.inner })
  const normal = layerNorm({ size, epsilon })
  const drop = dropout(rates.residual ?? 0)

  /** x with what `part` makes of it added; normalised before or behind. */
  const around = (
    x: Tensor,
    name: 'attention' | 'feedForward',
    parameters: Traced<Parameters>,
    context: LayerContext,
    part: (x: Tensor, parameters: Traced<Parameters>, context: LayerContext) => Tensor,
  ) => {
    const normalised = (y: Tensor) => normal.apply(parameters[`${name}Norm`] as never, y, context)
    const made = part(
      norm === 'pre' ? normalised(x) : x,
      partOf(parameters, name),
      childContext(context, name),
    )
    const sum = add(x, drop.apply({}, made, childContext(context, `${name}Residual`)))
    return norm === 'pre' ? sum : normalised(sum)
  }

  return {
    inputSize: size,
    outputSize: size,
    init: (key, dtype) => ({
      attention: attention.init(random.foldIn(key, 'attention'), dtype),
      attentionNorm: normal.init(key, dtype),
      feedForward: forward.init(random.foldIn(key, 'feedForward'), dtype),
      feedForwardNorm: normal.init(key, dtype),
    }),
    initialState: attention.initialState,
    apply(parameters, input, context) {
      let state = input.state ?? {}
      const attended = around(input.xs, 'attention', parameters, context, (xs, own, child) => {
        const result = attention.apply(own, { ...input, xs }, child)
        state = result.state
        return result.outputs
      })
      const outputs = around(attended, 'feedForward', parameters, context, (xs, own, child) =>
        forward.apply(own, xs, child),
      )
      return { outputs: input.mask === undefined ? outputs : withoutPadding(outputs, input.mask), state }
    },
  }
}
