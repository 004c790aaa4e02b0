import { apply, type Tensor, type TensorLike } from '../ir/scope.ts'
import type { DType } from '../tensor/dtype.ts'
import { arrayOf } from '../tensor/nd-array.ts'
import { cast, equal } from './elementwise.ts'
import { expandDims } from './shape.ts'

/** Rows of `table` (rows, ...) by index: result (...indices.shape, ...). Indices are int32 in [0, rows). */
export function gather(table: TensorLike, indices: TensorLike): Tensor {
  return apply('gather', [table, indices], {})[0]!
}

/** `table` with `updates` (...indices.shape, ...) added to the rows that `indices` name; repeats add up. */
export function scatterAdd(table: TensorLike, indices: TensorLike, updates: TensorLike): Tensor {
  return apply('scatterAdd', [table, indices, updates], {})[0]!
}

/** x[..., index[...]]: one element of the last axis for every position. x (..., n), index (...) int32. */
export function gatherElements(x: Tensor, index: TensorLike): Tensor {
  return apply('gatherElements', [x, index], {})[0]!
}

/** `x` (..., n) with `update` (...) added at element `index` (...) of the last axis. */
export function scatterAddElements(x: Tensor, index: TensorLike, update: TensorLike): Tensor {
  return apply('scatterAddElements', [x, index, update], {})[0]!
}

/** 1 at the class, 0 elsewhere: (...) int32 to (..., classes). */
export function oneHot(index: Tensor, classes: number, dtype: DType = 'float32'): Tensor {
  const numbers = arrayOf(
    Array.from({ length: classes }, (_, i) => i),
    'int32',
  )
  return cast(equal(expandDims(index, -1), numbers), dtype)
}
