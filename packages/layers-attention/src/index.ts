export {
  type AdditiveAttentionOptions,
  type AdditiveInput,
  type AdditiveParameters,
  additiveAttention,
} from './attention/additive-attention.ts'
export type { HeadOptions, ScorePositions } from './attention/heads.ts'
export { biasOf, causalBias } from './attention/masking.ts'
export { type AttentionInput, multiHeadAttention } from './attention/multi-head-attention.ts'
export { type AttendOptions, scaledDotProductAttention } from './attention/scaled-dot-product.ts'

export { type AttentionOverPastOptions, attentionOverPast } from './blocks/attention-over-past.ts'
export { FEED_FORWARD_ACTIVATIONS, type FeedForwardOptions, feedForward } from './blocks/feed-forward.ts'
export { type SelfAttentionOptions, selfAttention } from './blocks/self-attention.ts'
export {
  type BlockDropout,
  type TransformerBlockOptions,
  transformerBlock,
} from './blocks/transformer-block.ts'

export type { Past } from './past/past.ts'

export { layersAttention, layersAttention as default } from './plugin.ts'

export { type AbsolutePositionsOptions, absolutePositions } from './positions/absolute-positions.ts'
export { rotary } from './positions/rotary.ts'
export { sinusoids } from './positions/sinusoids.ts'

export {
  type FloatType,
  type LayerState,
  type LayerStateArrays,
  type StatefulInput,
  type StatefulLayer,
  type StatefulOutput,
  withoutState,
} from './sequence/stateful-layer.ts'
