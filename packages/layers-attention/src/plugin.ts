import { definePlugin, type Plugin } from '@elman/core'
import { selfAttentionComponent, transformerBlockComponent } from './blocks/block-components.ts'
import { feedForwardComponent } from './blocks/feed-forward.ts'
import { absolutePositionsComponent } from './positions/absolute-positions.ts'

/** Registers the layers of this package. */
export const layersAttention: Plugin = definePlugin({
  name: '@elman/layers-attention',
  version: '0.1.0',
  apiVersion: 1,
  elman: '^0.1.0',
  register({ layer }) {
    layer(absolutePositionsComponent)
    layer(feedForwardComponent)
    layer(selfAttentionComponent)
    layer(transformerBlockComponent)
  },
})
