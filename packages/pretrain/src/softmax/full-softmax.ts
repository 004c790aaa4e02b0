import { add, defineComponent, matmul, type Tensor } from '@elman/core'
import { z } from 'zod'
import {
  drawBias,
  drawProjection,
  drawUniform,
  flatFeatures,
  SOFTMAX,
  type SoftmaxLayer,
  type SoftmaxPlace,
} from './softmax-layer.ts'

/**
 * The softmax over the whole vocabulary. Parameters: `softmax.weight` (hidden, vocabulary) unless tied, `softmax.bias`
 * (vocabulary), and where tied sizes differ `projection` (hidden, embedding).
 */
export function fullSoftmax(place: SoftmaxPlace): SoftmaxLayer {
  const { vocabularySize, hidden, embedding, tied, initialScale = 1 / Math.sqrt(hidden) } = place
  return {
    init(key, dtype = 'float32') {
      const weight = () => drawUniform(key, 'softmax.weight', [hidden, vocabularySize], initialScale, dtype)
      return {
        ...drawProjection(place, key, dtype),
        softmax: { ...(tied ? {} : { weight: weight() }), bias: drawBias(place, key, dtype) },
      }
    },
    logits(parameters, input) {
      const { weight, bias } = parameters.softmax as { readonly weight: Tensor; readonly bias: Tensor }
      const features = flatFeatures(place, parameters, input)
      const product = tied ? matmul(features, input.table, { transposeB: true }) : matmul(features, weight)
      const logits = add(product, bias)
      return input.direct === undefined ? logits : add(logits, input.direct)
    },
    normalized: false,
    plain: true,
    softmaxRankBound: (tied ? Math.min(hidden, embedding) : hidden) + 2,
  }
}

/** Registry entry `full`. */
export const fullSoftmaxComponent = defineComponent(SOFTMAX, {
  type: 'full',
  summary: 'one softmax over the whole vocabulary',
  config: z.strictObject({}),
  create: () => fullSoftmax,
})
