/** The classifier of ULMFiT: encoder, concat pooling, head (Howard & Ruder 2018, section 3.3). */
import {
  add,
  batchNorm,
  childContext,
  concat,
  crossEntropy,
  div,
  dropout,
  expandDims,
  indexAxis,
  initializers,
  type Key,
  type LayerContext,
  less,
  linear,
  max,
  maximum,
  mul,
  type Parameters,
  random,
  relu,
  select,
  sliceAxis,
  square,
  sub,
  sum,
  type Tensor,
  type TensorParameters,
  type Traced,
} from '@elman/core'
import { z } from 'zod'
import { type AwdDropouts, type AwdSizes, layerSizes } from './awd-lstm.ts'
import { type AwdEncoder, awdEncoder, type ChunkOptions, type KeptSteps, readChunks } from './encoder.ts'

/** The part above the encoder. */
export const headConfig = z.strictObject({
  hidden: z.int().min(1).default(50).describe('size of the layer between pooled features and classes'),
  dropout: z.number().min(0).lt(1).default(0.4).describe('of the pooled features'),
  hiddenDropout: z.number().min(0).lt(1).default(0.1).describe('of that layer'),
})

/** The part above the encoder. */
export type HeadConfig = z.output<typeof headConfig>

/** What a classifier is made of. */
export interface ClassifierOptions {
  readonly vocabularySize: number
  readonly classes: number
  readonly sizes: AwdSizes
  /** Of the encoder; `output` is not used: the head has its own. */
  readonly dropouts: AwdDropouts
  readonly head: HeadConfig
}

/** A classifier of documents. */
export interface Classifier {
  readonly vocabularySize: number
  readonly classes: number
  /** Of the features that are pooled. */
  readonly featureSize: number
  readonly encoder: AwdEncoder
  readonly sizes: AwdSizes
  /** `encoder` (as of `awdLanguageModel`, without softmax) and `head.<block>.{norm, linear}`. */
  init(key: Key, dtype?: 'float32' | 'float64'): Parameters
  /** Logits (batch, classes) of pooled features (batch, 3 · embedding). */
  head(parameters: TensorParameters, features: Tensor, context: LayerContext): Tensor
  /** Logits (batch, classes) of documents (time, batch) that end at the last step. */
  apply(
    parameters: TensorParameters,
    ids: Tensor,
    mask: Tensor,
    chunks: ChunkOptions,
    context: LayerContext,
  ): { readonly logits: Tensor; readonly kept: KeptSteps }
}

/** Least value of an output that could win a maximum: outputs are within ± 1 before dropout. */
export const BELOW_ALL = -1e30

/** Makes a classifier. */
export function ulmfitClassifier(options: ClassifierOptions): Classifier {
  const { vocabularySize, classes, sizes, dropouts, head } = options
  const encoder = awdEncoder(sizes, dropouts)
  const featureSize = 3 * layerSizes(sizes).at(-1)!
  const widths = [featureSize, head.hidden, classes]
  const blocks = [head.dropout, head.hiddenDropout].map((rate, index) => ({
    norm: batchNorm({ size: widths[index]! }),
    drop: dropout(rate),
    linear: linear({ inputSize: widths[index]!, outputSize: widths[index + 1]! }),
  }))
  const applyHead: Classifier['head'] = (parameters, features, context) => {
    let xs = features
    for (const [index, block] of blocks.entries()) {
      const name = String(index)
      const own = (parameters.head as TensorParameters)[name] as { readonly [part: string]: Traced<never> }
      const inBlock = childContext(childContext(context, 'head'), name)
      xs = block.norm.apply(own.norm as never, xs, childContext(inBlock, 'norm'))
      xs = block.drop.apply({}, xs, childContext(inBlock, 'drop'))
      xs = block.linear.apply(own.linear as never, xs, childContext(inBlock, 'linear'))
      if (index < blocks.length - 1) xs = relu(xs)
    }
    return xs
  }
  return {
    vocabularySize,
    classes,
    featureSize,
    encoder,
    sizes,
    init(key, dtype = 'float32') {
      const headKey = random.foldIn(key, 'head')
      return {
        encoder: {
          embedding: initializers.uniform(0.1)(
            random.foldIn(key, 'embedding'),
            [vocabularySize, sizes.embedding],
            dtype,
          ),
          rnn: encoder.stack.init(random.foldIn(key, 'rnn'), dtype),
        },
        head: Object.fromEntries(
          blocks.map((block, index) => [
            String(index),
            {
              norm: block.norm.init(headKey, dtype),
              linear: block.linear.init(random.foldIn(headKey, index), dtype),
            },
          ]),
        ),
      }
    },
    head: applyHead,
    apply(parameters, ids, mask, chunks, context) {
      const inEncoder = childContext(context, 'encoder')
      const kept = readChunks(encoder, parameters.encoder as TensorParameters, ids, mask, chunks, inEncoder)
      return { logits: applyHead(parameters, concatPooling(kept), context), kept }
    },
  }
}

/**
 * [h_T, max, mean] over the real steps (batch, 3 · features) of documents that end at the last step; zeros for a
 * document without any.
 */
export function concatPooling({ outputs, mask }: KeptSteps): Tensor {
  const real = expandDims(mask, -1) // (steps, batch, 1)
  const count = sum(real, 0)
  const highest = max(select(less(0, real), outputs, BELOW_ALL), 0)
  const largest = select(less(0, count), highest, 0)
  const average = div(sum(mul(outputs, real), 0), maximum(count, 1))
  return concat([indexAxis(outputs, 0, outputs.shape[0]! - 1), largest, average], -1)
}

/** Mean loss in nats of a batch with labels (batch) int32. */
export function classificationLoss(logits: Tensor, labels: Tensor): Tensor {
  return crossEntropy(logits, labels)
}

/** AR and TAR over real steps (Merity et al. 2018), as fastai adds them to the loss of classifiers too. */
export function activationPenalty(
  { outputs, mask }: KeptSteps,
  activation: number,
  temporal: number,
): Tensor {
  const real = expandDims(mask, -1)
  const width = outputs.shape.at(-1)!
  const elements = mul(maximum(sum(real), 1), width)
  const size = mul(div(sum(mul(square(outputs), real)), elements), activation)
  const steps = outputs.shape[0]!
  if (steps < 2 || temporal === 0) return size
  const later = sliceAxis(outputs, 0, 1)
  const change = square(sub(later, sliceAxis(outputs, 0, 0, steps - 1)))
  const both = mul(sliceAxis(real, 0, 1), sliceAxis(real, 0, 0, steps - 1))
  const pairs = mul(maximum(sum(both), 1), width)
  return add(size, mul(div(sum(mul(change, both)), pairs), temporal))
}
