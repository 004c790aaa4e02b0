import { ElmanError } from '../errors/elman-error.ts'
import { allocate, type DType, type Shape, sizeOf, type TensorType, type TypedArray } from './dtype.ts'

/**
 * Concrete numbers on the host, row-major and contiguous. `data` belongs to the array: do not share it
 * between arrays that a backend may write.
 */
export interface NdArray extends TensorType {
  readonly data: TypedArray
}

/** Numbers nested as lists, or one number. */
export type NestedNumbers = number | readonly NestedNumbers[]

/**
 * Wraps storage as an array without copying.
 *
 * @throws `SHAPE_MISMATCH` when the storage does not have the number of elements that `shape` asks for.
 */
export function ndArray(dtype: DType, shape: Shape, data: TypedArray): NdArray {
  if (data.length !== sizeOf(shape)) {
    throw new ElmanError('SHAPE_MISMATCH', {
      message: `an array of shape [${shape.join(',')}] needs ${sizeOf(shape)} elements`,
      found: `${data.length} elements`,
    })
  }
  return { dtype, shape: [...shape], data }
}

/** Makes an array from a number or nested lists of numbers; dtype float32 unless given. */
export function arrayOf(values: NestedNumbers, dtype: DType = 'float32'): NdArray {
  const shape: number[] = []
  for (let level = values; typeof level !== 'number'; level = level[0]!) {
    shape.push(level.length)
    if (level.length === 0) break
  }
  const flat: number[] = []
  collect(values, shape, 0, flat)
  const data = allocate(dtype, flat.length)
  for (let i = 0; i < flat.length; i++) data[i] = dtype === 'int64' ? BigInt(flat[i]!) : flat[i]!
  return { dtype, shape, data }
}

function collect(values: NestedNumbers, shape: Shape, depth: number, flat: number[]): void {
  if (typeof values === 'number') {
    if (depth !== shape.length) throw ragged(shape)
    flat.push(values)
    return
  }
  if (values.length !== shape[depth]) throw ragged(shape)
  for (const value of values) collect(value, shape, depth + 1, flat)
}

function ragged(shape: Shape): ElmanError {
  return new ElmanError('SHAPE_MISMATCH', {
    message: 'nested lists must be rectangular',
    expected: `shape [${shape.join(',')}] everywhere`,
  })
}

/** An array filled with one value (0 unless given). */
export function filled(shape: Shape, value = 0, dtype: DType = 'float32'): NdArray {
  const data = allocate(dtype, sizeOf(shape))
  if (value !== 0) {
    if (dtype === 'int64') (data as BigInt64Array).fill(BigInt(value))
    else (data as Float32Array).fill(value)
  }
  return { dtype, shape: [...shape], data }
}

/** Whether a value is an {@link NdArray} (and not a traced tensor, a number or a nested record). */
export function isNdArray(value: unknown): value is NdArray {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    ArrayBuffer.isView(value.data) &&
    'dtype' in value
  )
}

/** The elements as plain numbers, row-major. */
export function toNumbers(array: NdArray): number[] {
  return Array.from(array.data as ArrayLike<number | bigint>, Number)
}

/** A deep copy. */
export function copyArray(array: NdArray): NdArray {
  return { dtype: array.dtype, shape: array.shape, data: array.data.slice() }
}
