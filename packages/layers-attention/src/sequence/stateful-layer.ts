/**
 * Layers over whole sequences with state. The form is that of the sequence layers of @elman/layers-recurrent, so that
 * attention and recurrent layers stand in one stack; neither package needs the other.
 */
import {
  cast,
  expandDims,
  isNdArray,
  type Key,
  type Layer,
  type LayerContext,
  mul,
  type NdArray,
  type Parameters,
  type Tensor,
  type Traced,
} from '@elman/core'

/** Floating dtypes of parameters. */
export type FloatType = 'float32' | 'float64'

/** State of a layer: tensors in nested records that follow the layer's parts. */
export type LayerState = { readonly [name: string]: Tensor | LayerState }

/** The same on the host. */
export type LayerStateArrays = { readonly [name: string]: NdArray | LayerStateArrays }

/** What a layer over a sequence takes. */
export interface StatefulInput {
  /** (time, batch, inputSize). */
  readonly xs: Tensor
  /** State before the sequence; nothing read yet unless given. */
  readonly state?: LayerState | undefined
  /** (time, batch): real steps. Padding is seen by no step and gives zeros; steps after it do not see what was before. */
  readonly mask?: Tensor | undefined
  /** (time, batch): steps that see nothing before themselves. */
  readonly reset?: Tensor | undefined
}

/** What it gives. */
export interface StatefulOutput {
  /** (time, batch, outputSize). */
  readonly outputs: Tensor
  /** State after the sequence, to carry into the next call: the same records in the same order. */
  readonly state: LayerState
}

/** A layer over a sequence. */
export interface StatefulLayer extends Layer<Parameters, StatefulInput, StatefulOutput> {
  readonly inputSize: number
  readonly outputSize: number
  init(key: Key, dtype?: FloatType): Parameters
  apply(parameters: Traced<Parameters>, input: StatefulInput, context: LayerContext): StatefulOutput
  /** State of `batch` rows that have read nothing: zeros. */
  initialState(batch: number, dtype?: FloatType): LayerStateArrays
}

/** Part `name` of a layer's parameters. */
export function partOf(parameters: Traced<Parameters>, name: string): Traced<Parameters> {
  return parameters[name] as Traced<Parameters>
}

/** The floating dtype of a tensor. */
export function floatOf({ dtype }: Tensor): FloatType {
  return dtype === 'float64' ? 'float64' : 'float32'
}

/** A stateful layer as a plain one, over sequences that begin with nothing: (time, batch, inputSize) to outputs. */
export function withoutState(layer: StatefulLayer): Layer {
  return {
    init: (key, dtype) => layer.init(key, dtype),
    apply: (parameters, xs, context) => layer.apply(parameters, { xs }, context).outputs,
  }
}

/** A state's arrays as constants beside `x`. */
export function constants(state: LayerStateArrays, x: Tensor): LayerState {
  const entries = Object.entries(state).map(([name, value]) => [
    name,
    isNdArray(value) ? x.scope.constant(value) : constants(value as LayerStateArrays, x),
  ])
  return Object.fromEntries(entries)
}

/** Outputs (time, batch, features) with zeros where `mask` (time, batch) says padding. */
export function withoutPadding(outputs: Tensor, mask: Tensor): Tensor {
  return mul(outputs, expandDims(cast(cast(mask, 'bool'), floatOf(outputs)), -1))
}
