import type { TensorType } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { PrimitiveAttributes, PrimitiveName } from './attributes.ts'
import type { Graph, Node } from './graph.ts'
import type { Scope, Tensor } from './scope.ts'

/** What a derivative rule sees: one node of the forward pass and the cotangents of its outputs. */
export interface DerivativeContext<Name extends PrimitiveName> {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
  readonly attributes: PrimitiveAttributes[Name]
  /** dL/d(output), same type as the output; undefined where the loss does not depend on it. */
  readonly cotangents: readonly (Tensor | undefined)[]
  /** Which inputs need a cotangent. Others may be left undefined. */
  readonly needed: readonly boolean[]
  /** The scope of the forward node, and the node itself: only loops, which add outputs to it, look at these. */
  readonly scope: Scope
  readonly node: Node
}

/** What a batching rule sees. Batched inputs carry the new axis in front; the others are as in the unbatched call. */
export interface BatchingContext<Name extends PrimitiveName> {
  readonly inputs: readonly Tensor[]
  readonly batched: readonly boolean[]
  readonly attributes: PrimitiveAttributes[Name]
  /** Extent of the new axis. */
  readonly size: number
}

/** Runs a sub-graph on the host; given to kernels of primitives that hold one. */
export type RunGraph = (graph: Graph, inputs: readonly NdArray[]) => NdArray[]

/** Everything the framework knows of one primitive. */
export interface Primitive<Name extends PrimitiveName> {
  /** One sentence: what it computes, with the shapes of inputs and outputs. */
  readonly summary: string
  /** Shape and dtype rule. Throws `SHAPE_MISMATCH` or `DTYPE_MISMATCH` for inputs that do not fit. */
  readonly infer: (inputs: readonly TensorType[], attributes: PrimitiveAttributes[Name]) => TensorType[]
  /** Reverse-mode rule: cotangents of the inputs. `'none'` where the output does not vary smoothly with any input. */
  readonly derivative: ((context: DerivativeContext<Name>) => (Tensor | undefined)[]) | 'none'
  /** Vectorising rule: outputs with the batch axis in front. */
  readonly batch: (context: BatchingContext<Name>) => Tensor[]
  /** Reference kernel, written to be read. */
  readonly evaluate: (
    inputs: readonly NdArray[],
    attributes: PrimitiveAttributes[Name],
    run: RunGraph,
  ) => NdArray[]
}

/** A record for every primitive. */
export type PrimitiveTable = { readonly [Name in PrimitiveName]: Primitive<Name> }
