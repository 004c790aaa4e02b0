/** BERT with one linear layer: over the pooled first token for classes of texts, over each token for classes of words. */

import {
  childContext,
  crossEntropy,
  dropout,
  gather,
  type Key,
  type LayerContext,
  linear,
  type Objective,
  type Parameters,
  random,
  reshape,
  type Tensor,
  type TensorBatch,
  type TensorParameters,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { type BertEncoder, bertEncoder } from '../encoder.ts'
import { initialWeights } from '../initial-weights.ts'
import type { MaskedModelConfig } from '../model-config.ts'

/** What is classified: whole texts, or the words of sentences. */
export type FineTuningTask = 'text' | 'words'

/** An encoder with a head. Parameters: those of the encoder, and `classifier` (weight, bias). */
export interface FineTunedModel {
  readonly encoder: BertEncoder
  readonly config: MaskedModelConfig
  readonly vocabularySize: number
  readonly task: FineTuningTask
  readonly classes: number
  /** Fresh parameters, drawn from `key`. */
  init(key: Key, dtype?: FloatType): Parameters
  /**
   * Logits (places, classes). For task `text` of each row (batch, classes), whatever `places` are.
   *
   * @param batch - `ids`, `segments`, `mask` (time, batch); `places` (any) as time · batch size + row
   */
  logits(parameters: TensorParameters, batch: TensorBatch, context: LayerContext): Tensor
}

/** Makes a model. @throws as `bertEncoder` */
export function fineTunedModel(
  config: MaskedModelConfig,
  { vocabularySize, task, classes }: Pick<FineTunedModel, 'vocabularySize' | 'task' | 'classes'>,
): FineTunedModel {
  const encoder = bertEncoder(config, vocabularySize)
  const head = linear({ inputSize: config.size, outputSize: classes })
  const drop = dropout(config.dropout)
  return {
    ...{ encoder, config, vocabularySize, task, classes },
    init(key, dtype = 'float32') {
      const own: Parameters = { classifier: head.init(key, dtype) }
      return {
        ...encoder.init(random.foldIn(key, 'encoder'), dtype),
        ...initialWeights(random.foldIn(key, 'classifier'), own, config.deviation),
      }
    },
    logits(parameters, { ids, segments, mask, places }, context) {
      const read = encoder.apply(parameters, { ids: ids!, segments: segments!, mask: mask! }, context)
      const features =
        task === 'text' ? read.pooled : gather(reshape(read.last, [-1, config.size]), reshape(places!, [-1]))
      const dropped = drop.apply({}, features, childContext(context, 'head dropout'))
      return head.apply(parameters.classifier as never, dropped, childContext(context, 'classifier'))
    },
  }
}

/** Shape of the batches of a {@link fineTuningObjective}. */
export interface FineTuningShape {
  readonly batch: number
  readonly time: number
  readonly dtype?: FloatType | undefined
}

/**
 * Mean cross-entropy of the classes asked for. Batches: `ids`, `segments`, `mask` (time, batch); `places`, `labels`,
 * `weights` (batch, asked): one of each row for texts, as many as there are steps for words, unused ones with weight 0.
 */
export function fineTuningObjective(model: FineTunedModel, shape: FineTuningShape): Objective {
  const { batch, time, dtype = 'float32' } = shape
  const steps = { dtype: 'int32', shape: [time, batch] } as const
  const asked = [batch, model.task === 'text' ? 1 : time]
  const places = { dtype: 'int32', shape: asked } as const
  return {
    batch: {
      ids: steps,
      segments: steps,
      mask: steps,
      places,
      labels: places,
      weights: { dtype, shape: asked },
    },
    withBatch: ({ ids }) =>
      fineTuningObjective(model, { batch: ids!.shape[1]!, time: ids!.shape[0]!, dtype }),
    init: key => model.init(key, dtype),
    initialState: () => ({}),
    loss(parameters, _carried, arrays, context) {
      const logits = model.logits(parameters, arrays, context)
      const mask = reshape(arrays.weights!, [-1])
      return { loss: crossEntropy(logits, reshape(arrays.labels!, [-1]), { mask }), carried: {} }
    },
  }
}
