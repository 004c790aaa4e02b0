import { apply, type Tensor, type TensorLike } from '../ir/scope.ts'
import type { Shape } from '../tensor/dtype.ts'

/** A new key from a key and an integer: int32[2] and int32[] to int32[2]. Same as `foldIn` of the host generator. */
export function foldInTensor(key: TensorLike, data: TensorLike): Tensor {
  return apply(
    'foldIn',
    [key, typeof data === 'number' ? { dtype: 'int32', shape: [], data: Int32Array.of(data) } : data],
    {},
  )[0]!
}

/** Random 32-bit words (int32) of the key's counter stream. */
export function randomBits(key: TensorLike, shape: Shape): Tensor {
  return apply('randomBits', [key], { shape })[0]!
}

/** Uniform numbers in [0, 1). */
export function randomUniform(
  key: TensorLike,
  shape: Shape,
  dtype: 'float32' | 'float64' = 'float32',
): Tensor {
  return apply('randomUniform', [key], { shape, dtype })[0]!
}

/** Inverted-dropout mask: 1/keep with probability `keep`, else 0. The bits are the same on every backend. */
export function bernoulliMask(
  key: TensorLike,
  shape: Shape,
  keep: number,
  dtype: 'float32' | 'float64' = 'float32',
): Tensor {
  return apply('bernoulliMask', [key], { shape, keep, dtype })[0]!
}
