/** Element types of arrays and tensors. `int64` lives in BigInt64Array, `bool` in Uint8Array (0 or 1). */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'bool'

/** Host storage of each dtype. */
export interface DTypeStorage {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  bool: Uint8Array
}

/** Any host storage. */
export type TypedArray = DTypeStorage[DType]

/** Extents, outermost first; empty for a scalar. */
export type Shape = readonly number[]

/** Dtype and shape: all that the compiler knows of a tensor. */
export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

/** Bytes of one element. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  bool: 1,
}

/** Whether gradients flow through this dtype. */
export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64'
}

/** Number of elements; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1
  for (const extent of shape) size *= extent
  return size
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** Text of a type as errors and the printer show it: `float32[20,650]`. */
export function formatType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(',')}]`
}

/** Fresh zeroed storage for `size` elements. */
export function allocate<D extends DType>(dtype: D, size: number): DTypeStorage[D]
export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size)
    case 'float64':
      return new Float64Array(size)
    case 'int32':
      return new Int32Array(size)
    case 'int64':
      return new BigInt64Array(size)
    case 'bool':
      return new Uint8Array(size)
  }
}
