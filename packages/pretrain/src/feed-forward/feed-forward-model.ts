/**
 * The feed-forward language model of Bengio et al. (2003): the n − 1 words before, as one long vector, through a tanh
 * layer to a softmax: y = b + W x + U tanh(d + H x).
 */
import {
  add,
  cast,
  concat,
  expandDims,
  filled,
  foldInTensor,
  gather,
  type Initializer,
  initializers,
  type LayerContext,
  less,
  matmul,
  mul,
  ndArray,
  random,
  reshape,
  select,
  sliceAxis,
  stopGradient,
  sub,
  type Tensor,
  type TensorParameters,
  tanh,
  transpose,
} from '@elman/core'
import { lockedDropout, stepDropout } from '@elman/layers-recurrent'
import { embeddingGroups, type LanguageModel } from '../language-model/language-model.ts'
import { type AugmentedLossOptions, augmentedLoss, notPlain } from '../softmax/augmented-loss.ts'
import { fullSoftmax } from '../softmax/full-softmax.ts'
import { drawUniform, type SoftmaxFactory } from '../softmax/softmax-layer.ts'
import { withSoftmax } from '../softmax/with-softmax.ts'

/** What a feed-forward language model is made of. */
export interface FeedForwardOptions {
  readonly vocabularySize: number
  /** n: a token is predicted from the n − 1 before it; 2 or more. */
  readonly order: number
  /** Size of the word vectors: m. */
  readonly embedding: number
  /** Units of the tanh layer: h. */
  readonly hidden: number
  /** Whether the word vectors also reach the softmax directly: W. */
  readonly direct?: boolean | undefined
  /** Whether the softmax takes the word vectors as its weights; not in the paper. */
  readonly tied?: boolean | undefined
  /** The output layer: `fullSoftmax` unless given. */
  readonly softmax?: SoftmaxFactory | undefined
  readonly augmentedLoss?: AugmentedLossOptions | undefined
  /** Dropout, not in the paper: of the word vectors, of the tanh layer's output. */
  readonly dropout?: {
    readonly input?: number
    readonly output?: number
    readonly kind?: 'step' | 'locked'
  }
  /** All parameters start uniform in ± this. Unless given: word vectors ± 0.1, weights ± 1 / √fan-in, biases 0. */
  readonly initialScale?: number | undefined
  /** First values of the word vectors, in place of drawn ones. */
  readonly embeddingInitializer?: Initializer | undefined
  /** Whether the word vectors stay as they are. */
  readonly frozenEmbedding?: boolean | undefined
  /** Factor on the learning rate of the word vectors. */
  readonly embeddingRateFactor?: number | undefined
}

/**
 * Makes a feed-forward language model. Parameters: `embedding` (vocabulary, m), `hidden.weight` ((n − 1) · m, h), the
 * nearest word first, `hidden.bias`, `direct` ((n − 1) · m, vocabulary) where wanted, and those of the softmax. With
 * the full one: V (1 + n m + h) + h (1 + (n − 1) m) numbers with direct connections, V (1 + m + h) + h (1 + (n − 1) m)
 * without.
 *
 * The state holds the last n − 1 ids, so a text may be read in windows of any length: `previous` (batch, n − 1) int32,
 * oldest first, each id + 1; 0 stands for a place before the start of the text, whose word vector is zero.
 *
 * @throws `SOFTMAX_NOT_PLAIN` when there are direct connections and the softmax is not one matrix of logits; what the
 *   softmax throws
 */
export function feedForwardModel(options: FeedForwardOptions): LanguageModel {
  const { vocabularySize, order, embedding, hidden, direct = false, tied = false, initialScale } = options
  const { softmax = fullSoftmax, augmentedLoss: augmented, dropout = {}, embeddingInitializer } = options
  const { frozenEmbedding = false, embeddingRateFactor } = options
  const before = order - 1
  const wide = before * embedding
  const output = softmax({ vocabularySize, hidden, embedding, tied, initialScale })
  if (direct && !output.plain) throw notPlain('a model with direct connections', 'set direct: false')
  const layer = augmented === undefined ? output : augmentedLoss(output, augmented)
  const dropOf = dropout.kind === 'locked' ? lockedDropout : stepDropout
  const [dropInput, dropOutput] = [dropOf(dropout.input ?? 0), dropOf(dropout.output ?? 0)]

  return {
    vocabularySize,
    hiddenSize: hidden,
    parameterGroups: embeddingGroups(frozenEmbedding, embeddingRateFactor),
    init(key, dtype = 'float32') {
      const scale = initialScale ?? 1 / Math.sqrt(wide)
      const vectors = embeddingInitializer ?? initializers.uniform(initialScale ?? 0.1)
      const bias =
        initialScale === undefined
          ? filled([hidden], 0, dtype)
          : drawUniform(key, 'hidden.bias', [hidden], initialScale, dtype)
      return {
        embedding: vectors(random.foldIn(key, 'embedding'), [vocabularySize, embedding], dtype),
        hidden: { weight: drawUniform(key, 'hidden.weight', [wide, hidden], scale, dtype), bias },
        ...(direct ? { direct: drawUniform(key, 'direct', [wide, vocabularySize], scale, dtype) } : {}),
        ...layer.init(key, dtype),
      }
    },
    initialState: batch => ({ previous: ndArray('int32', [batch, before], new Int32Array(batch * before)) }),
    ...withSoftmax(layer, (parameters, ids, state, context) => {
      const trained = parameters.embedding as Tensor // (vocabulary, m)
      const table = frozenEmbedding ? stopGradient(trained) : trained
      const [time, batch] = ids.shape as [number, number]
      const read = concat([transpose(state.previous as Tensor), add(ids, 1)], 0) // (n − 1 + time, batch)
      const vectors = dropInput(lookUp(table, read), numbered(context, 0)) // (n − 1 + time, batch, m)
      const places = Array.from({ length: before }, (_, back) =>
        sliceAxis(vectors, 0, before - back, before - back + time),
      )
      const x = places.length === 1 ? places[0]! : concat(places, 2) // (time, batch, (n − 1) · m)
      const { weight, bias } = parameters.hidden as TensorParameters as { readonly [name: string]: Tensor }
      const raw = tanh(add(matmul(x, weight!), bias!)) // (time, batch, h)
      const flat = () => matmul(reshape(x, [time * batch, wide]), parameters.direct as Tensor)
      return {
        hidden: { raw, dropped: dropOutput(raw, numbered(context, 1)) },
        table,
        state: { previous: transpose(sliceAxis(read, 0, time, time + before)) },
        direct: direct ? flat() : undefined,
      }
    }),
    softmaxRankBound: layer.softmaxRankBound + (direct ? wide : 0),
  }
}

/** Word vectors of ids + 1 (…), zero where there is no word: (…, m). */
function lookUp(table: Tensor, read: Tensor): Tensor {
  const known = less(0, read)
  const vectors = gather(table, select(known, sub(read, 1), 0))
  return mul(vectors, expandDims(cast(known, table.dtype), -1))
}

function numbered(context: LayerContext, part: number): LayerContext {
  return context.key === undefined ? context : { ...context, key: foldInTensor(context.key, part) }
}
