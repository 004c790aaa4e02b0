/** The bidirectional language model of ELMo: two stacks of projected LSTMs over the vectors of tokens (Peters et al. 2018). */
import {
  add,
  childContext,
  filled,
  initializers,
  type Key,
  type LayerContext,
  ndArray,
  type Parameters,
  random,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import {
  type FloatType,
  lstmProjection,
  recurrent,
  residual,
  type SequenceLayer,
  type SequenceState,
  type SequenceStateArrays,
  stepDropout,
} from '@elman/layers-recurrent'
import { applyCharacterNetwork, initCharacterNetwork } from './character-network.ts'
import { type ElmoOptions, elmoOptions } from './elmo-options.ts'

/** Which way a stack reads. */
export type ElmoDirection = 'forward' | 'backward'

/** Both ways, in the order of layers' halves. */
export const ELMO_DIRECTIONS: readonly ElmoDirection[] = ['forward', 'backward']

/** What a stack reads. */
export interface ElmoStackInput {
  /** (time, batch, projection). */
  readonly xs: Tensor
  /** From {@link ElmoModel.initialState}, of one direction; zero unless given. */
  readonly state?: SequenceState | undefined
  /** (time, batch): real tokens. */
  readonly mask?: Tensor | undefined
  /** (time, batch): steps before which the state is set to zero. */
  readonly reset?: Tensor | undefined
  /** Dropout on the input of each layer and on the output of the last, in training; 0 unless given. */
  readonly dropout?: number | undefined
  /**
   * Whether time runs backwards, as when a sentence is embedded. In training the backward model is given sentences
   * whose tokens stand in reverse, and reads them like the other. False unless given.
   */
  readonly reverse?: boolean | undefined
}

/** What a stack gives: the output of each layer (time, batch, projection), after dropout for the last. */
export interface ElmoStackOutput {
  readonly layers: readonly Tensor[]
  readonly state: SequenceState
}

/** The layers of ELMo as functions of its parameters `characters`, `forward` and `backward`. */
export interface ElmoModel {
  readonly options: ElmoOptions
  /** Fresh parameters, without a softmax. */
  init(key: Key, dtype?: FloatType): Parameters
  /** Zeros for `batch` rows of one direction: `0`, `1`, … each with h (batch, projection) and c (batch, hidden). */
  initialState(batch: number, dtype?: FloatType): SequenceStateArrays
  /** Character ids (tokens, maxCharacters) to vectors of tokens (tokens, projection). */
  tokenVectors(parameters: TensorParameters, ids: Tensor): Tensor
  /** The stack of one direction. */
  stack(
    direction: ElmoDirection,
    parameters: TensorParameters,
    input: ElmoStackInput,
    context: LayerContext,
  ): ElmoStackOutput
}

/**
 * An ELMo of some sizes. Biases of the recurrent layers are stored without the 1 that is added to that of the forget
 * gate whenever a layer runs, as in bilm-tf. Dropout is a new mask at each step.
 */
export function elmoModel(given: Partial<ElmoOptions>): ElmoModel {
  const options = elmoOptions.parse(given)
  const { layers: count, hidden, projection, cellClip, projectionClip, skipConnections } = options
  const cell = lstmProjection({
    ...{ inputSize: projection, hidden, projection },
    cellClip: cellClip ?? undefined,
    projectionClip: projectionClip ?? undefined,
  })
  const plain = recurrent(cell)
  const layerAt = (index: number, reverse: boolean): SequenceLayer => {
    const walked = reverse ? recurrent(cell, { reverse }) : plain
    return skipConnections && index > 0 ? residual(walked) : walked
  }
  const each = <T>(make: (index: number) => T): { readonly [name: string]: T } =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index), make(index)]))
  const initStack = (key: Key, dtype: FloatType): Parameters =>
    each(index => initLayer(options, random.foldIn(key, index), dtype))
  return {
    options,
    init: (key, dtype = 'float32') => ({
      characters: initCharacterNetwork(options, random.foldIn(key, 'characters'), dtype),
      forward: initStack(random.foldIn(key, 'forward'), dtype),
      backward: initStack(random.foldIn(key, 'backward'), dtype),
    }),
    initialState: (batch, dtype = 'float32') => each(() => plain.initialState(batch, dtype)),
    tokenVectors: (parameters, ids) =>
      applyCharacterNetwork(options, parameters.characters as TensorParameters, ids),
    stack(direction, parameters, { xs: first, state, mask, reset, dropout = 0, reverse = false }, outer) {
      const context = childContext(outer, direction)
      const drop = stepDropout(dropout)
      const outputs: Tensor[] = []
      let xs = first
      const after = each(index => {
        const name = String(index)
        const read = layerAt(index, reverse).apply(
          withForgetBias((parameters[direction] as TensorParameters)[name] as TensorParameters, hidden),
          {
            xs: drop(xs, childContext(context, `input ${name}`)),
            state: state?.[name] as SequenceState,
            ...{ mask, reset },
          },
          childContext(context, name),
        )
        xs = index === count - 1 ? drop(read.outputs, childContext(context, 'output')) : read.outputs
        outputs.push(xs)
        return read.state
      })
      return { layers: outputs, state: after }
    },
  }
}

/** Weights by the rule of Glorot & Bengio 2010 over both matrices as one, as TensorFlow draws them; biases 0. */
function initLayer({ hidden, projection }: ElmoOptions, key: Key, dtype: FloatType): Parameters {
  const limit = Math.sqrt(6 / (2 * projection + 4 * hidden))
  const draw = (path: string, shape: readonly number[], scale: number) =>
    initializers.uniform(scale)(random.foldIn(key, path), shape, dtype)
  return {
    input: draw('input', [projection, 4 * hidden], limit),
    recurrent: draw('recurrent', [projection, 4 * hidden], limit),
    bias: filled([4 * hidden], 0, dtype),
    projection: draw('projection', [hidden, projection], Math.sqrt(6 / (hidden + projection))),
  }
}

/** The bias with 1 added to the part of the forget gate, the second of four. */
function withForgetBias(layer: TensorParameters, hidden: number): TensorParameters {
  const bias = layer.bias as Tensor
  const ones = Array.from({ length: 4 * hidden }, (_, index) => (Math.floor(index / hidden) === 1 ? 1 : 0))
  const data = bias.dtype === 'float64' ? Float64Array.from(ones) : Float32Array.from(ones)
  const offset = bias.scope.constant(ndArray(bias.dtype as FloatType, [4 * hidden], data))
  return { ...layer, bias: add(bias, offset) }
}
