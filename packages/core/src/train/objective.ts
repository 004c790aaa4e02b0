import type { Tensor } from '../ir/scope.ts'
import type { LayerContext, Parameters, TensorParameters } from '../nn/layer.ts'
import type { Key } from '../random/keys.ts'
import type { TensorType } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** Named arrays of one step. */
export type Batch = { readonly [name: string]: NdArray }

/** The same while a step is traced. */
export type TensorBatch = { readonly [name: string]: Tensor }

/** What an objective makes of a batch. */
export interface ObjectiveResult {
  /** Scalar: mean nats per token (or per example). Auxiliary losses go through `context.addLoss`. */
  readonly loss: Tensor
  /** State to carry into the next batch, arranged like the one that came in. */
  readonly carried: TensorParameters
}

/** Model and batch to loss: what a trainer needs to know of a task. Nothing in it has state. */
export interface Objective {
  /** Types of the arrays of a batch, by name. One shape: a new shape is another objective, see `withBatch`. */
  readonly batch: { readonly [name: string]: TensorType }
  /**
   * The same task on batches of other shapes, where there may be some: parameters and carried state are the same. Each
   * shape is a graph of its own, compiled when its first batch comes.
   */
  withBatch?(batch: Objective['batch']): Objective
  /** Fresh parameters. */
  init(key: Key): Parameters
  /** State before the first batch of a pass; `{}` where nothing is carried. */
  initialState(): Parameters
  /** The loss of one batch, on traced tensors. */
  loss(
    parameters: TensorParameters,
    carried: TensorParameters,
    batch: TensorBatch,
    context: LayerContext,
  ): ObjectiveResult
}
