/** Model `transformer-lm`: a stack of Transformer blocks that see only what is before them. */
import { componentOf, defineComponent, MODEL } from '@elman/core'
import { absolutePositions } from '@elman/layers-attention'
import { recurrentStack } from '@elman/layers-recurrent'
import { z } from 'zod'
import type { LanguageModelFactory } from '../language-model/model-config.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { attentionBlock, attentionConfig, blockDropoutConfig, isAbsolute, rate } from './attention-options.ts'
import { sequenceModel } from './sequence-model.ts'

/** Options of model `transformer-lm`. */
export const transformerModelConfig = z.strictObject({
  size: z.int().min(1).default(128).describe('features of word vectors and blocks'),
  layers: z.int().min(1).default(2).describe('number of blocks'),
  positions: z
    .enum(['relative', 'rotary', 'none', 'learned', 'sinusoidal'])
    .default('relative')
    .describe('how tokens know where they stand'),
  ...attentionConfig,
  tied: z.boolean().default(true).describe('whether the softmax takes the word vectors as its weights'),
  softmax: componentOf(SOFTMAX).default('full').describe('output layer: full, mixture, adaptive or sampled'),
  dropout: z
    .strictObject({
      input: rate('of word vectors with their positions'),
      ...blockDropoutConfig,
      output: rate('of what the softmax reads'),
    })
    .prefault({}),
})

/** Options of model `transformer-lm`, complete. */
export type TransformerModelConfig = z.output<typeof transformerModelConfig>

/** Registry entry `transformer-lm`. */
export const transformerModelComponent = defineComponent(MODEL, {
  type: 'transformer-lm',
  summary: 'Transformer decoder with memory over windows (Vaswani et al. 2017, Dai et al. 2019)',
  config: transformerModelConfig,
  create: (config, services): LanguageModelFactory => {
    const softmax = services.create(SOFTMAX, config.softmax, { path: 'model.softmax' })
    const { size, layers, tied, dropout, norm, positions: kind, context } = config
    const { input, output, ...inside } = dropout
    const {
      size: _size,
      layers: _layers,
      tied: _tied,
      softmax: _softmax,
      dropout: _dropout,
      ...attention
    } = config
    const blocks = recurrentStack({
      layers: Array.from({ length: layers }, () => attentionBlock(size, attention, inside, 'model')),
    })
    const positions = isAbsolute(kind) ? absolutePositions({ kind, size, length: context }) : undefined
    return vocabularySize =>
      sequenceModel({
        ...{ vocabularySize, size, blocks, positions, tied, softmax, norm: norm === 'pre' },
        dropout: { input, output },
      })
  },
})
