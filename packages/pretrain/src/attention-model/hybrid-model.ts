/** Model `hybrid-lm`: recurrent blocks and attention blocks in one stack. */
import { CELL, componentOf, defineComponent, MODEL } from '@elman/core'
import { recurrentStack, type SequenceLayer, stepDropout } from '@elman/layers-recurrent'
import { z } from 'zod'
import type { LanguageModelFactory } from '../language-model/model-config.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { attentionBlock, attentionConfig, blockDropoutConfig, rate } from './attention-options.ts'
import { recurrentBlock } from './recurrent-block.ts'
import { sequenceModel } from './sequence-model.ts'

const pastConfig = z.strictObject({
  length: z.int().min(1).default(32).describe('states before each step that it sees'),
  score: z.enum(['additive', 'dot']).default('additive').describe('how states are compared'),
  hidden: z.int().min(1).optional().describe('features of the layer that compares them, for additive scores'),
})

const attentionPartConfig = z.strictObject({
  positions: z
    .enum(['relative', 'rotary', 'none'])
    .default('relative')
    .describe('how tokens know where they stand; recurrent blocks below tell it too'),
  ...attentionConfig,
})

/** One block of a hybrid model: `{ cell }` or `{ attention }`. */
export const hybridBlockConfig = z
  .strictObject({
    cell: componentOf(CELL).optional().describe('a recurrent block with this cell'),
    residual: z
      .boolean()
      .optional()
      .describe('with a cell: whether the block reads its input normalised and adds it to its output'),
    past: pastConfig.optional().describe('with a cell: attention of the block to its own past states'),
    attention: attentionPartConfig.optional().describe('an attention block'),
  })
  .refine(({ cell, attention }) => (cell === undefined) !== (attention === undefined), {
    error: 'expected a block with either "cell" or "attention"',
  })
  .refine(({ attention, residual, past }) => attention === undefined || (residual ?? past) === undefined, {
    error: '"residual" and "past" belong to blocks with a cell',
  })

/** Options of model `hybrid-lm`. */
export const hybridModelConfig = z.strictObject({
  embedding: z.int().min(1).default(128).describe('size of the word vectors'),
  blocks: z
    .array(hybridBlockConfig)
    .min(1)
    .default([{ cell: { type: 'lstm', hidden: 128 } }, { attention: attentionPartConfig.parse({}) }])
    .describe('blocks from the input up; each is as wide as the one below, unless a cell says its own width'),
  tied: z.boolean().default(true).describe('whether the softmax takes the word vectors as its weights'),
  softmax: componentOf(SOFTMAX).default('full').describe('output layer: full, mixture, adaptive or sampled'),
  dropout: z
    .strictObject({
      input: rate('of word vectors'),
      between: rate('of what one block hands to the next'),
      ...blockDropoutConfig,
      output: rate('of what the softmax reads'),
    })
    .prefault({}),
})

/** Options of model `hybrid-lm`, complete. */
export type HybridModelConfig = z.output<typeof hybridModelConfig>

/** Registry entry `hybrid-lm`. */
export const hybridModelComponent = defineComponent(MODEL, {
  type: 'hybrid-lm',
  summary: 'language model with recurrent blocks and attention blocks in one stack',
  config: hybridModelConfig,
  create: ({ embedding, blocks: parts, tied, dropout, ...config }, services): LanguageModelFactory => {
    const softmax = services.create(SOFTMAX, config.softmax, { path: 'model.softmax' })
    const { input, between, output, ...inside } = dropout
    const layers: SequenceLayer[] = []
    for (const [index, { cell, attention, residual, past }] of parts.entries()) {
      const width = layers.at(-1)?.outputSize ?? embedding
      const path = `model.blocks.${index}`
      if (cell !== undefined) {
        const made = services.create(CELL, cell, { path: `${path}.cell` })(width)
        layers.push(recurrentBlock(made, { residual, past }))
      } else if (attention !== undefined) {
        layers.push(attentionBlock(width, attention, inside, `${path}.attention`))
      }
    }
    const drop = between === 0 ? {} : { between: stepDropout(between) }
    const blocks = recurrentStack({ layers, ...drop })
    return vocabularySize =>
      sequenceModel({
        ...{ vocabularySize, size: embedding, blocks, tied, softmax, norm: true },
        dropout: { input, output },
      })
  },
})
