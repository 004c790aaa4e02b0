/**
 * All parameters of a learner in one row of numbers, leaves in their order. A train step then reads and writes three
 * arrays instead of three for each leaf, and Adam is a dozen operations in all: for tiny networks most of the time
 * goes into the number of operations and arrays.
 */
import {
  concat,
  isNdArray,
  isTensor,
  leavesOf,
  type NdArray,
  ndArray,
  type Parameters,
  reshape,
  sizeOf,
  split,
  type Tensor,
  type TensorParameters,
  withLeaves,
} from '@elman/core'

/** Numbers in all parameters. */
export function countParameters(parameters: Parameters): number {
  return leavesOf<NdArray>(parameters, isNdArray).reduce((count, leaf) => count + leaf.data.length, 0)
}

/** Parameters as one row. */
export function packParameters(parameters: Parameters): Float32Array {
  const row = new Float32Array(countParameters(parameters))
  let at = 0
  for (const { data } of leavesOf<NdArray>(parameters, isNdArray)) {
    row.set(data as Float32Array, at)
    at += data.length
  }
  return row
}

/** A row as parameters arranged like others; copies. */
export function unpackParameters(row: Float32Array, like: Parameters): Parameters {
  let at = 0
  const leaves = leavesOf<NdArray>(like, isNdArray).map(({ shape, data }) => {
    at += data.length
    return ndArray('float32', shape, row.slice(at - data.length, at))
  })
  return withLeaves(like, isNdArray, leaves) as Parameters
}

/** A traced row (count) as parameters arranged like others. */
export function unpackTensor(row: Tensor, like: Parameters): TensorParameters {
  const shapes = leavesOf<NdArray>(like, isNdArray).map(({ shape }) => shape)
  const parts = split(row, shapes.map(sizeOf))
  const leaves = parts.map((part, i) => reshape(part, shapes[i]!))
  return withLeaves(like, isNdArray, leaves) as TensorParameters
}

/** Traced leaves as one row (count). */
export function packTensors(tree: TensorParameters): Tensor {
  return concat(leavesOf<Tensor>(tree, isTensor).map(leaf => reshape(leaf, [sizeOf(leaf.shape)])))
}
