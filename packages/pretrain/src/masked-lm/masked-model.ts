/** The encoder with its heads for pre-training: words at masked places, and whether the second text is the next. */

import {
  activation,
  add,
  filled,
  gather,
  type Key,
  type LayerContext,
  layerNorm,
  linear,
  matmul,
  type Parameters,
  random,
  reshape,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { type BertEncoder, bertEncoder, type EncoderOutput, partOf } from './encoder.ts'
import { initialWeights } from './initial-weights.ts'
import type { MaskedModelConfig } from './model-config.ts'

/**
 * A masked language model. Parameters: those of the encoder, `masked` (`transform`, `norm`, `bias`, and `decoder` where
 * it is not tied) and, with next-sentence prediction, `nextSentence`.
 */
export interface MaskedLanguageModel {
  readonly encoder: BertEncoder
  readonly config: MaskedModelConfig
  readonly vocabularySize: number
  /** Fresh parameters, drawn from `key`. */
  init(key: Key, dtype?: FloatType): Parameters
  /**
   * Scores of words at some places: (places, vocabulary). Only these rows meet the vocabulary.
   *
   * @param last (time, batch, size)
   * @param places int32, any shape: time · batch size + row of each
   */
  wordLogits(parameters: TensorParameters, last: Tensor, places: Tensor, context: LayerContext): Tensor
  /** Scores of "is the next" (0) and "is not" (1): (batch, 2). Only where `config.nextSentence`. */
  nextLogits(parameters: TensorParameters, output: EncoderOutput, context: LayerContext): Tensor
}

/**
 * Makes a masked language model.
 *
 * @throws as {@link bertEncoder}
 */
export function maskedLanguageModel(config: MaskedModelConfig, vocabularySize: number): MaskedLanguageModel {
  const { size, epsilon, tied } = config
  const encoder = bertEncoder(config, vocabularySize)
  const transform = linear({ inputSize: size, outputSize: size })
  const norm = layerNorm({ size, epsilon })
  const next = linear({ inputSize: size, outputSize: 2 })
  return {
    encoder,
    config,
    vocabularySize,
    init(key, dtype = 'float32') {
      const masked: Parameters = {
        transform: transform.init(key, dtype),
        norm: norm.init(key, dtype),
        bias: filled([vocabularySize], 0, dtype),
        ...(tied ? {} : { decoder: filled([vocabularySize, size], 0, dtype) }),
      }
      const heads: Parameters = {
        masked,
        ...(config.nextSentence ? { nextSentence: next.init(key, dtype) } : {}),
      }
      return {
        ...encoder.init(random.foldIn(key, 'encoder'), dtype),
        ...initialWeights(random.foldIn(key, 'heads'), heads, config.deviation),
      }
    },
    wordLogits(parameters, last, places, context) {
      const own = partOf(parameters, 'masked')
      const rows = gather(reshape(last, [-1, size]), reshape(places, [-1])) // (places, size)
      const mapped = transform.apply(own.transform as never, rows, context)
      const bent = activation(config.activation).apply({}, mapped, context)
      const read = norm.apply(own.norm as never, bent, context)
      const words = tied ? partOf(parameters, 'embeddings').words : own.decoder
      return add(matmul(read, words as Tensor, { transposeB: true }), own.bias as Tensor)
    },
    nextLogits: (parameters, { pooled }, context) =>
      next.apply(parameters.nextSentence as never, pooled, context),
  }
}
