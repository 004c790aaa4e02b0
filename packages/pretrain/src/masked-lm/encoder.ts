/** The encoder of BERT (Devlin et al. 2019): embeddings, post-norm blocks that see both ways, and the pooler. */
import {
  add,
  childContext,
  dropout,
  ElmanError,
  expandDims,
  filled,
  gather,
  indexAxis,
  type Key,
  type LayerContext,
  layerNorm,
  linear,
  type Parameters,
  random,
  sliceAxis,
  type Tensor,
  type TensorParameters,
  tanh,
} from '@elman/core'
import { transformerBlock } from '@elman/layers-attention'
import type { FloatType } from '@elman/layers-recurrent'
import { initialWeights } from './initial-weights.ts'
import type { MaskedModelConfig } from './model-config.ts'

/** What an encoder reads; all int32 (time, batch). */
export interface EncoderInput {
  readonly ids: Tensor
  /** Segment of each token, from 0. */
  readonly segments: Tensor
  /** 1 for tokens, 0 for padding, which no token sees. */
  readonly mask: Tensor
}

/** What it gives. */
export interface EncoderOutput {
  /** Of the embeddings, then of each block: (time, batch, size). Those of blocks are 0 at padding. */
  readonly states: readonly Tensor[]
  /** The last of them. */
  readonly last: Tensor
  /** tanh of a linear map of each first token: (batch, size). */
  readonly pooled: Tensor
}

/** A BERT encoder. Parameters: `embeddings`, `blocks.<n>`, `pooler`. */
export interface BertEncoder {
  readonly config: MaskedModelConfig
  readonly vocabularySize: number
  /** Fresh parameters, drawn from `key`. */
  init(key: Key, dtype?: FloatType): Parameters
  /** @throws `MASKED_LM_TOO_LONG` when there are more tokens than positions */
  apply(parameters: TensorParameters, input: EncoderInput, context: LayerContext): EncoderOutput
}

/** Part `name` of traced parameters. */
export function partOf(parameters: TensorParameters, name: string): TensorParameters {
  return parameters[name] as TensorParameters
}

/**
 * Makes an encoder.
 *
 * @throws `ATTENTION_HEADS`, `DROPOUT_RATE_INVALID`
 */
export function bertEncoder(config: MaskedModelConfig, vocabularySize: number): BertEncoder {
  const { size, layers, heads, inner, positions, segments, activation, epsilon } = config
  const block = transformerBlock({
    ...{ size, heads, inner, activation, epsilon, norm: 'post', causal: false },
    dropout: { weights: config.attentionDropout, residual: config.dropout },
  })
  const norm = layerNorm({ size, epsilon })
  const pooler = linear({ inputSize: size, outputSize: size })
  const drop = dropout(config.dropout)
  return {
    config,
    vocabularySize,
    init(key, dtype = 'float32') {
      const blocks = Array.from({ length: layers }, (_, i) => [
        String(i),
        block.init(random.foldIn(key, i), dtype),
      ])
      const shapes: Parameters = {
        embeddings: {
          words: filled([vocabularySize, size], 0, dtype),
          positions: filled([positions, size], 0, dtype),
          segments: filled([segments, size], 0, dtype),
          norm: norm.init(key, dtype),
        },
        blocks: Object.fromEntries(blocks),
        pooler: pooler.init(key, dtype),
      }
      return initialWeights(key, shapes, config.deviation)
    },
    apply(parameters, { ids, segments: kinds, mask }, context) {
      const time = ids.shape[0]!
      if (time > positions) throw tooLong(time, positions)
      const tables = partOf(parameters, 'embeddings') as { readonly [name: string]: Tensor }
      const places = expandDims(sliceAxis(tables.positions!, 0, 0, time), 1) // (time, 1, size)
      const sum = add(add(gather(tables.words!, ids), gather(tables.segments!, kinds)), places)
      const embedded = norm.apply(tables.norm as never, sum, context)
      const states = [drop.apply({}, embedded, childContext(context, 'embeddings'))]
      const inBlocks = childContext(context, 'blocks')
      for (let i = 0; i < layers; i++) {
        const own = partOf(partOf(parameters, 'blocks'), String(i))
        const input = { xs: states[i]!, mask }
        states.push(block.apply(own as never, input, childContext(inBlocks, String(i))).outputs)
      }
      const last = states[layers]!
      const first = indexAxis(last, 0, 0) // (batch, size)
      return { states, last, pooled: tanh(pooler.apply(parameters.pooler as never, first, context)) }
    },
  }
}

/** The error of a sequence that has more tokens than there are positions. */
export function tooLong(found: number, positions: number): ElmanError {
  return new ElmanError('MASKED_LM_TOO_LONG', {
    message: 'a sequence is longer than the model has positions for',
    expected: `${positions} tokens at most, special ones included`,
    found: `${found} tokens`,
    hint: 'cut the text, or train a model with more positions',
  })
}
