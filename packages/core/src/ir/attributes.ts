import type { DType, Shape } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import type { Graph } from './graph.ts'

/** A primitive without attributes. */
export type NoAttributes = Readonly<Record<never, never>>

/** Attributes of a loop over time; see primitives/scan.ts for the order of inputs and outputs. */
export interface ScanAttributes {
  /** One step: inputs are constants, carried state, slices of the sequences; outputs the next state, then the step's outputs. */
  readonly body: Graph
  /** Number of leading inputs that every step sees unchanged. */
  readonly constants: number
  /** Number of carried values. */
  readonly carried: number
  /** Number of steps. */
  readonly length: number
  /** Runs from the last step to the first; stacked outputs keep the order of the inputs. */
  readonly reverse: boolean
}

/**
 * The closed set of primitives, each with the attributes it takes. Adding a line here without a record in
 * primitives/index.ts (shape rule, derivative, batching rule, kernel) or a lowering in a backend does not compile.
 */
export interface PrimitiveAttributes {
  constant: { readonly value: NdArray }
  neg: NoAttributes
  sign: NoAttributes
  exp: NoAttributes
  log: NoAttributes
  sqrt: NoAttributes
  sin: NoAttributes
  tanh: NoAttributes
  sigmoid: NoAttributes
  erf: NoAttributes
  add: NoAttributes
  sub: NoAttributes
  mul: NoAttributes
  div: NoAttributes
  pow: NoAttributes
  maximum: NoAttributes
  minimum: NoAttributes
  equal: NoAttributes
  less: NoAttributes
  and: NoAttributes
  not: NoAttributes
  select: NoAttributes
  cast: { readonly dtype: DType }
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  reshape: { readonly shape: Shape }
  transpose: { readonly permutation: readonly number[] }
  broadcastTo: { readonly shape: Shape }
  slice: {
    readonly starts: readonly number[]
    readonly limits: readonly number[]
    readonly strides: readonly number[]
  }
  pad: { readonly low: readonly number[]; readonly high: readonly number[] }
  concat: { readonly axis: number }
  split: { readonly axis: number; readonly sizes: readonly number[] }
  reverse: { readonly axis: number }
  reduceSum: { readonly axes: readonly number[] }
  reduceMax: { readonly axes: readonly number[] }
  argMax: { readonly axis: number }
  cumulativeSum: { readonly axis: number; readonly reverse: boolean }
  gather: NoAttributes
  scatterAdd: NoAttributes
  gatherElements: NoAttributes
  scatterAddElements: NoAttributes
  softmax: NoAttributes
  softmaxCrossEntropy: NoAttributes
  foldIn: NoAttributes
  randomBits: { readonly shape: Shape }
  randomUniform: { readonly shape: Shape; readonly dtype: 'float32' | 'float64' }
  bernoulliMask: { readonly shape: Shape; readonly keep: number; readonly dtype: 'float32' | 'float64' }
  stopGradient: NoAttributes
  checkpoint: { readonly body: Graph }
  scan: ScanAttributes
}

/** Name of a primitive. */
export type PrimitiveName = keyof PrimitiveAttributes
