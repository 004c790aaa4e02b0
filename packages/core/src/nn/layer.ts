import type { Tensor } from '../ir/scope.ts'
import type { Key } from '../random/index.ts'
import type { Shape } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Concrete parameters on the host: nested plain records. Paths such as `rnn.0.recurrent` name the leaves. */
export type Parameters = { readonly [name: string]: NdArray | Parameters }

/** The same records while a function is traced. */
export type TensorParameters = { readonly [name: string]: Tensor | TensorParameters }

/** Tensors for concrete parameters, leaf by leaf. */
export type Traced<P> = P extends NdArray ? Tensor : { readonly [K in keyof P]: Traced<P[K]> }

/** What a layer may know of the call besides its input. Nothing else hides here. */
export interface LayerContext {
  /** `train` turns dropout and batch statistics on. */
  readonly mode: 'train' | 'evaluate'
  /** Key for this call's random choices (int32[2]); absent in evaluation. `childContext` gives each part of a layer one of its own. */
  readonly key?: Tensor
  /** Collects auxiliary losses (scalars) that the objective adds. */
  readonly addLoss?: (name: string, loss: Tensor) => void
  /** Collects new values of non-trained state (running statistics) by parameter path. */
  readonly updateState?: (path: string, value: Tensor) => void
}

/** A part of a model: parameters and a pure function of them. */
export interface Layer<P extends Parameters = Parameters, In = Tensor, Out = Tensor> {
  /** Fresh parameters, drawn from `key`. */
  init(key: Key, dtype?: 'float32' | 'float64'): P
  /** The layer's function, on traced tensors. */
  apply(parameters: Traced<P>, x: In, context: LayerContext): Out
}

/** A layer of arrays without records, some of which depend on its options. */
export type FlatLayer<In = Tensor> = Layer<{ readonly [name: string]: NdArray }, In>

/** Carried state of a cell while traced: tensors by name, each (batch, ...). */
export type CellState = { readonly [name: string]: Tensor }

/** Shape of each part of a cell's state without the batch axis. */
export type CellStateShapes = { readonly [name: string]: Shape }

/** Steps of a sequence that are special: (time, batch), any dtype, not zero where it holds. */
export interface SequenceMarks {
  /** Real steps. The others leave the state as it is, and their output is zero. All are real unless given. */
  readonly mask?: Tensor | undefined
  /** Steps before which the state is set to zero: the first of each document. */
  readonly reset?: Tensor | undefined
}

/**
 * A recurrent cell: the equations of one step. Time, direction, depth, masks and dropout over time are wrappers
 * around any cell; how fast it runs is the compiler's business.
 */
export interface Cell<P extends Parameters = Parameters, S extends CellState = CellState> {
  /** Features of x. */
  readonly inputSize: number
  /** Features of the step's output. */
  readonly outputSize: number
  /** State parts and their shapes, without batch. The initial state is zero unless the cell has `initialState`. */
  readonly stateShapes: { readonly [K in keyof S]: Shape }
  /** Fresh parameters, drawn from `key`. */
  init(key: Key, dtype?: 'float32' | 'float64'): P
  /** One step. x (batch, inputSize); states (batch, ...); output (batch, outputSize). */
  step(parameters: Traced<P>, state: S, x: Tensor): { readonly state: S; readonly output: Tensor }
  /**
   * A whole sequence at once, for cells that have a faster way than step after step; it gives what `step` gives in a
   * loop. xs (time, batch, inputSize), outputs (time, batch, outputSize). Undefined: the loop, please.
   */
  sequence?(
    parameters: Traced<P>,
    state: S,
    xs: Tensor,
    marks: SequenceMarks,
  ): { readonly state: S; readonly outputs: Tensor } | undefined
  /** Names of parameters that multiply the carried state (what weight drop and recurrent dropout act on). */
  readonly recurrentWeights?: readonly string[]
}

/** Makes a cell once the number of input features is known: what the components of extension point `cell` create. */
export type CellFactory = (inputSize: number) => Cell

declare module '../container/extension-point.ts' {
  interface ExtensionPoints {
    cell: { product: CellFactory }
    layer: { product: Layer }
    initializer: { product: Initializer }
  }
}

/** Makes parameters: draws an array of a shape from a key. */
export type Initializer = (key: Key, shape: Shape, dtype?: 'float32' | 'float64') => NdArray
