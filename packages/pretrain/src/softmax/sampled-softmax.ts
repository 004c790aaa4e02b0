import {
  add,
  broadcastTo,
  cast,
  concat,
  defineComponent,
  ElmanError,
  equal,
  exp,
  expandDims,
  filled,
  gather,
  less,
  log,
  matmul,
  mul,
  ndArray,
  randomUniform,
  scatterAdd,
  select,
  softmaxCrossEntropy,
  sub,
  sum,
  type Tensor,
} from '@elman/core'
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

/** Options of softmax `sampled`. */
export const sampledSoftmaxConfig = z.strictObject({
  samples: z
    .int()
    .min(1)
    .default(500)
    .describe('words drawn for each window; those that come twice count once'),
})

/** Options of {@link sampledSoftmax}. */
export type SampledOptions = z.output<typeof sampledSoftmaxConfig>

/** What the losses are called: they are none of the full distribution. */
const SAMPLED_LABEL = 'sampled softmax (not comparable)'

/**
 * Softmax that is trained against words drawn log-uniformly by rank (Jean et al. 2015; `sampled_softmax_loss` of
 * TensorFlow), and evaluated over the whole vocabulary. Ids must be in the order of frequency.
 *
 * Parameters: `softmax.weight` (vocabulary, hidden) unless tied, `softmax.bias`, and where tied sizes differ
 * `projection`. The words are drawn once for each window, by the key of the step.
 */
export function sampledSoftmax({ samples }: SampledOptions, place: SoftmaxPlace): SoftmaxLayer {
  const { vocabularySize, hidden, embedding, tied, initialScale = 1 / Math.sqrt(hidden) } = place
  const logits: SoftmaxLayer['logits'] = (parameters, input) => {
    const { weight, bias } = parameters.softmax as { readonly weight: Tensor; readonly bias: Tensor }
    const features = flatFeatures(place, parameters, input)
    return add(matmul(features, tied ? input.table : weight, { transposeB: true }), bias)
  }
  return {
    init(key, dtype = 'float32') {
      const weight = () => drawUniform(key, 'softmax.weight', [vocabularySize, hidden], initialScale, dtype)
      return {
        ...drawProjection(place, key, dtype),
        softmax: { ...(tied ? {} : { weight: weight() }), bias: drawBias(place, key, dtype) },
      }
    },
    logits,
    losses(parameters, input, targets) {
      const { weight, bias } = parameters.softmax as { readonly weight: Tensor; readonly bias: Tensor }
      if (input.context.mode === 'evaluate') return softmaxCrossEntropy(logits(parameters, input), targets)
      if (input.context.key === undefined) {
        throw new ElmanError('SOFTMAX_KEY_MISSING', {
          message: 'a sampled softmax draws words in training, but the call has no key',
          hint: "pass { mode: 'train', key } with a key of this step, or mode: 'evaluate'",
        })
      }
      return sampledCrossEntropy({
        features: flatFeatures(place, parameters, input),
        weight: tied ? input.table : weight,
        ...{ bias, targets, sampled: logUniformIds(input.context.key, samples, vocabularySize) },
      })
    },
    label: SAMPLED_LABEL,
    normalized: false,
    plain: false,
    softmaxRankBound: (tied ? Math.min(hidden, embedding) : hidden) + 2,
  }
}

/** What a sampled loss is made of. */
export interface SampledInput {
  /** (rows, size). */
  readonly features: Tensor
  /** (vocabulary, size). */
  readonly weight: Tensor
  /** (vocabulary). */
  readonly bias: Tensor
  /** (rows) int32. */
  readonly targets: Tensor
  /** (samples) int32, drawn by {@link logUniformIds}. */
  readonly sampled: Tensor
}

/**
 * Cross-entropy of each target against the words drawn. From each logit goes the logarithm of how often its word is
 * expected in such a draw, 1 − (1 − p)^samples; a word that was drawn twice counts once; where the target itself was
 * drawn, it does not count as a wrong word.
 */
export function sampledCrossEntropy({ features, weight, bias, targets, sampled }: SampledInput): Tensor {
  const vocabularySize = bias.shape[0]!
  const samples = sampled.shape[0]!
  const logExpected = features.scope.constant(
    logExpectedCounts(samples, vocabularySize, features.dtype as 'float32'),
  )
  const offset = sub(bias, logExpected) // (vocabulary)
  const zero = features.scope.constant(filled([], 0, features.dtype))
  const one = features.scope.constant(filled([], 1, features.dtype))
  const draws = scatterAdd(broadcastTo(zero, [vocabularySize]), sampled, broadcastTo(one, [samples]))

  const right = add(sum(mul(features, gather(weight, targets)), -1), gather(offset, targets)) // (rows)
  const product = matmul(features, gather(weight, sampled), { transposeB: true }) // (rows, samples)
  const others = add(product, sub(gather(offset, sampled), log(gather(draws, sampled))))
  const hit = equal(expandDims(targets, -1), expandDims(sampled, 0))
  const logits = concat([expandDims(right, -1), select(hit, NEVER, others)], 1)
  const first = broadcastTo(features.scope.constant(filled([], 0, 'int32')), targets.shape)
  return softmaxCrossEntropy(logits, first)
}

/** A logit whose probability is 0 in any precision. */
const NEVER = -1e30

/** Ids (samples) int32 with p(id) = ln((id + 2) / (id + 1)) / ln(vocabulary + 1): rank, and so frequency, decides. */
export function logUniformIds(key: Tensor, samples: number, vocabularySize: number): Tensor {
  const uniform = randomUniform(key, [samples])
  const ids = cast(sub(exp(mul(uniform, Math.log(vocabularySize + 1))), 1), 'int32')
  return select(less(ids, vocabularySize), ids, vocabularySize - 1) // rounding may reach the end
}

/** ln(1 − (1 − p)^samples) of each id. */
export function logExpectedCounts(samples: number, vocabularySize: number, dtype: 'float32' | 'float64') {
  const data = dtype === 'float64' ? new Float64Array(vocabularySize) : new Float32Array(vocabularySize)
  for (let id = 0; id < vocabularySize; id++) {
    const p = Math.log((id + 2) / (id + 1)) / Math.log(vocabularySize + 1)
    data[id] = Math.log(-Math.expm1(samples * Math.log1p(-p)))
  }
  return ndArray(dtype, [vocabularySize], data)
}

/** Registry entry `sampled`. */
export const sampledSoftmaxComponent = defineComponent(SOFTMAX, {
  type: 'sampled',
  summary: 'trained against a sample of the vocabulary, evaluated over all of it (Jean et al. 2015)',
  config: sampledSoftmaxConfig,
  create: options => place => sampledSoftmax(options, place),
})
