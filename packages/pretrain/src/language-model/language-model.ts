/** Recurrent language models: embedding, recurrent stack, softmax over the vocabulary. */
import {
  broadcastTo,
  type Cell,
  filled,
  flattenParameters,
  foldInTensor,
  gather,
  type Initializer,
  initializers,
  type Key,
  type LayerContext,
  mul,
  type ParameterGroup,
  type Parameters,
  random,
  sizeOf,
  stopGradient,
  type Tensor,
  type TensorParameters,
  type Traced,
} from '@elman/core'
import {
  embeddingRowDropout,
  type FloatType,
  lockedDropout,
  recurrent,
  recurrentStack,
  type SequenceState,
  type SequenceStateArrays,
  stepDropout,
} from '@elman/layers-recurrent'
import { type AugmentedLossOptions, augmentedLoss } from '../softmax/augmented-loss.ts'
import { fullSoftmax } from '../softmax/full-softmax.ts'
import type { SoftmaxFactory } from '../softmax/softmax-layer.ts'
import { withSoftmax } from '../softmax/with-softmax.ts'
import type { InitialVectorsConfig } from './initial-vectors-config.ts'

/** Where a language model drops in training; rates are probabilities of dropping, 0 unless given. */
export interface ModelDropout {
  /** Embeddings on their way into the first layer. */
  readonly input?: number
  /** What one layer hands to the next. */
  readonly between?: number
  /** What the last layer hands to the softmax. */
  readonly output?: number
  /** `step`: a new mask at each step (Zaremba et al. 2014); `locked`: one mask over time. For the three above. */
  readonly kind?: 'step' | 'locked'
  /** Words, wherever they occur in the batch. */
  readonly embeddingRows?: number
}

/** What a language model is made of. */
export interface LanguageModelOptions {
  readonly vocabularySize: number
  /** Size of the word vectors. */
  readonly embedding: number
  /** Cells from the input up; dropout inside cells is wrapped around them already. */
  readonly cells: readonly Cell[]
  /** Whether the softmax takes the word vectors as its weights (Press & Wolf 2017; Inan et al. 2017). */
  readonly tied?: boolean
  /** The output layer: `fullSoftmax` unless given. */
  readonly softmax?: SoftmaxFactory | undefined
  /** A term that the training loss takes besides (Inan et al. 2017). */
  readonly augmentedLoss?: AugmentedLossOptions | undefined
  readonly dropout?: ModelDropout
  /** Whether the softmax reads the sum of all layers' outputs, not the last one's (Melis et al. 2018); false unless given. */
  readonly skip?: boolean | undefined
  /**
   * Embedding and softmax start uniform in ± this, softmax bias included. Unless given: embedding ± 0.1, softmax
   * weight ± 1 / √hidden, bias 0.
   */
  readonly initialScale?: number | undefined
  /** First values of the word vectors, in place of drawn ones: `embeddingFromVectors` of @elman/embeddings makes one. */
  readonly embeddingInitializer?: Initializer | undefined
  /**
   * Whether the word vectors stay as they are: no gradient is computed for them. A tied softmax has them as its
   * weights, which then stay too; only its bias, the projection and the cells learn. False unless given.
   */
  readonly frozenEmbedding?: boolean | undefined
  /** Factor on the learning rate of the word vectors; 1 unless given. */
  readonly embeddingRateFactor?: number | undefined
}

/** Which word vectors a model starts with. */
export interface InitialVectors {
  /** File and options, as in the model's config. */
  readonly config: InitialVectorsConfig
  /** Numbers in a row of the table that they have to fit. */
  readonly size: number
}

/** What the softmax of a model reads, before and after the dropout on it: (time, batch, hiddenSize) both. */
export interface HiddenStates {
  /** Output of the top layer. */
  readonly raw: Tensor
  /** The same after output dropout; `raw` itself where nothing is dropped. */
  readonly dropped: Tensor
}

/** What a model makes of ids. */
export interface ModelOutput {
  /** (time · batch, vocabulary): their softmax is the distribution of the token after each id. */
  readonly logits: Tensor
  /** State after the last id. */
  readonly state: SequenceState
  readonly hidden?: HiddenStates | undefined
}

/** What a model is to be trained by, where that is not the cross-entropy of its logits. */
export interface TrainingLoss {
  /** (time · batch), in nats where `label` is absent. */
  readonly losses: Tensor
  readonly state: SequenceState
  readonly hidden?: HiddenStates | undefined
  /** Says that the losses are no negative log-probabilities, such as `sampled softmax (not comparable)`. */
  readonly label?: string | undefined
}

/** The full distribution of the token after each id. */
export interface ModelLogProbabilities {
  /** (time · batch, vocabulary), natural logarithms; each row sums to 1 after exp. */
  readonly logProbabilities: Tensor
  readonly state: SequenceState
  readonly hidden?: HiddenStates | undefined
}

/** A language model. Ids are (time, batch) int32; logits and losses are flat: (time · batch, …). */
export interface LanguageModel {
  readonly vocabularySize: number
  /** Features of the vector that the softmax reads. */
  readonly hiddenSize: number
  /** What the model asks of an optimiser for its own parameters; see `withModelGroups`. */
  readonly parameterGroups?: readonly ParameterGroup[] | undefined
  /** Word vectors that an experiment puts into parameter `embedding` (vocabulary, size) before it starts. */
  readonly initialVectors?: InitialVectors | undefined
  /** Rank of log-probabilities that one softmax of its size cannot exceed; see `logProbabilityRank`. */
  readonly softmaxRankBound?: number | undefined
  /** Fresh parameters, drawn from `key`; each has a stream of its own by its path. */
  init(key: Key, dtype?: FloatType): Parameters
  /** Zeros for `batch` rows. */
  initialState(batch: number, dtype?: FloatType): SequenceStateArrays
  /** Logits (time · batch, vocabulary) of what follows each id, and the state after the last. */
  apply(parameters: TensorParameters, ids: Tensor, state: SequenceState, context: LayerContext): ModelOutput
  /**
   * Loss of each token in training, for models that are not trained by the cross-entropy of `logits`: sampled and
   * adaptive softmax, mixtures, augmented losses. `targets` (time, batch) int32.
   */
  trainingLoss?(
    parameters: TensorParameters,
    ids: Tensor,
    targets: Tensor,
    state: SequenceState,
    context: LayerContext,
  ): TrainingLoss
  /**
   * Log-probabilities where the model has a way to them that is not the log softmax of `logits`; evaluation uses it.
   */
  logProbabilities?(
    parameters: TensorParameters,
    ids: Tensor,
    state: SequenceState,
    context: LayerContext,
  ): ModelLogProbabilities
}

/**
 * Makes a language model. Parameters: `embedding` (vocabulary, embedding), `rnn.<layer>.…`, and those of its softmax:
 * by `fullSoftmax`, `softmax.weight` (hidden, vocabulary) unless tied, `softmax.bias`, and where tied sizes differ
 * `projection` (hidden, embedding).
 *
 * @throws `LAYER_SIZES_DIFFER` when cells do not fit each other; `SOFTMAX_NOT_TIED`, `SOFTMAX_NOT_PLAIN`,
 *   `SOFTMAX_CUTOFFS_INVALID`
 */
export function languageModel(options: LanguageModelOptions): LanguageModel {
  const { vocabularySize, embedding, cells, tied = false, skip = false, dropout = {}, initialScale } = options
  const { softmax = fullSoftmax, augmentedLoss: augmented } = options
  const { embeddingInitializer, frozenEmbedding = false, embeddingRateFactor } = options
  const sequenceDropout = dropout.kind === 'locked' ? lockedDropout : stepDropout
  const drop = (name: 'input' | 'between') =>
    (dropout[name] ?? 0) === 0 ? {} : { [name]: sequenceDropout(dropout[name]!) }
  const stack = recurrentStack({
    layers: cells.map(cell => recurrent(cell)),
    skip,
    ...drop('input'),
    ...drop('between'),
  })
  const dropOutput = (dropout.output ?? 0) === 0 ? undefined : sequenceDropout(dropout.output!)
  const hidden = stack.outputSize
  const plain = softmax({ vocabularySize, hidden, embedding, tied, initialScale })
  const layer = augmented === undefined ? plain : augmentedLoss(plain, augmented)

  return {
    vocabularySize,
    hiddenSize: hidden,
    parameterGroups: embeddingGroups(frozenEmbedding, embeddingRateFactor),
    init(key, dtype = 'float32') {
      const forEmbedding = random.foldIn(key, 'embedding')
      const shape = [vocabularySize, embedding]
      return {
        embedding: (embeddingInitializer ?? initializers.uniform(initialScale ?? 0.1))(
          forEmbedding,
          shape,
          dtype,
        ),
        rnn: stack.init(random.foldIn(key, 'rnn'), dtype),
        ...layer.init(key, dtype),
      }
    },
    initialState: (batch, dtype) => stack.initialState(batch, dtype),
    ...withSoftmax(layer, (parameters, ids, state, context) => {
      const trained = parameters.embedding as Tensor // (vocabulary, embedding)
      const table = frozenEmbedding ? stopGradient(trained) : trained
      const embedded = dropRows(gather(table, ids), table, ids, dropout.embeddingRows ?? 0, child(context, 0))
      const inStack = child(context, 1)
      const { outputs: raw, state: after } = stack.apply(
        parameters.rnn as Traced<Parameters>,
        { xs: embedded, state },
        inStack,
      )
      // the key that a stack gives the dropout above its last layer
      const dropped = dropOutput?.(raw, child(inStack, 2 * cells.length - 1)) ?? raw
      return { hidden: { raw, dropped }, table, state: after }
    }),
  }
}

/** What a model asks of an optimiser for its word vectors. */
export function embeddingGroups(frozen: boolean, rateFactor: number | undefined): readonly ParameterGroup[] {
  if (frozen) return [{ pattern: 'embedding', frozen }]
  return rateFactor === undefined ? [] : [{ pattern: 'embedding', rateFactor }]
}

/** Number of parameters, those that stand still included. */
export function parameterCount(parameters: Parameters): number {
  let count = 0
  for (const { shape } of flattenParameters(parameters).values()) count += sizeOf(shape)
  return count
}

/** Looked-up vectors with the rows of some words dropped: the mask is drawn once per word, then looked up too. */
function dropRows(xs: Tensor, table: Tensor, ids: Tensor, rate: number, context: LayerContext): Tensor {
  if (rate === 0 || context.mode === 'evaluate') return xs
  const dtype = table.dtype === 'float64' ? 'float64' : 'float32'
  const ones = broadcastTo(table.scope.constant(filled([], 1, dtype)), [table.shape[0]!, 1])
  return mul(xs, gather(embeddingRowDropout(rate)(ones, context), ids))
}

function child(context: LayerContext, part: number): LayerContext {
  return context.key === undefined ? context : { ...context, key: foldInTensor(context.key, part) }
}
