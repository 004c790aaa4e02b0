/** Layers over whole sequences with state: what cells over time, directions, residuals and stacks have in common. */
import type { Key, Layer, LayerContext, NdArray, Parameters, Tensor, Traced } from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'

/** State of a layer: tensors in nested records that follow the layer's parts. */
export type SequenceState = { readonly [name: string]: Tensor | SequenceState }

/** The same on the host. */
export type SequenceStateArrays = { readonly [name: string]: NdArray | SequenceStateArrays }

/** What a sequence layer takes. */
export interface SequenceInput {
  /** (time, batch, inputSize). */
  readonly xs: Tensor
  /** State before the sequence; zero unless given. */
  readonly state?: SequenceState | undefined
  /** (time, batch): real steps. Padding passes the state through and gives zeros. */
  readonly mask?: Tensor | undefined
  /** (time, batch): steps before which the state is set to zero. */
  readonly reset?: Tensor | undefined
}

/** What it gives. */
export interface SequenceOutput {
  /** (time, batch, outputSize). */
  readonly outputs: Tensor
  /** State after the sequence, to carry into the next call. */
  readonly state: SequenceState
}

/** A layer over a sequence. */
export interface SequenceLayer extends Layer<Parameters, SequenceInput, SequenceOutput> {
  readonly inputSize: number
  readonly outputSize: number
  init(key: Key, dtype?: FloatType): Parameters
  apply(parameters: Traced<Parameters>, input: SequenceInput, context: LayerContext): SequenceOutput
  /** Zeros for `batch` rows. */
  initialState(batch: number, dtype?: FloatType): SequenceStateArrays
}

/** Part `name` of a layer's parameters. */
export function partOf(parameters: Traced<Parameters>, name: string): Traced<Parameters> {
  return parameters[name] as Traced<Parameters>
}

/** Part `name` of a layer's state; undefined where there is no state. */
export function stateOf(state: SequenceState | undefined, name: string): SequenceState | undefined {
  return state?.[name] as SequenceState | undefined
}
