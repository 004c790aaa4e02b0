import { type DType, ElmanError, formatType, type NdArray, type TypedArray } from '@elman/core'
import type { Tensor } from 'onnxruntime-node'
import type { OnnxRuntime } from './runtime.ts'

/** What a model says of one of its inputs or outputs. */
export interface SessionValue {
  readonly name: string
  readonly dtype: DType
  /** Extents; a name where the model leaves one open. */
  readonly shape: readonly (number | string)[]
}

const STORAGE: Readonly<Record<DType, { new (length: number): TypedArray }>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
}

/**
 * Wraps arrays as ONNX Runtime tensors over the same storage and remembers the wrapper while the storage lives, so that
 * a training loop that swaps two buffer sets makes no objects.
 */
export class TensorWrapper {
  readonly #runtime: OnnxRuntime
  readonly #known = new WeakMap<TypedArray, Tensor>()

  constructor(runtime: OnnxRuntime) {
    this.#runtime = runtime
  }

  /** The tensor of an array. */
  wrap(array: NdArray): Tensor {
    const known = this.#known.get(array.data)
    if (known !== undefined && known.type === array.dtype && sameDimensions(known.dims, array.shape))
      return known
    const made = new this.#runtime.Tensor(array.dtype, array.data as Float32Array, array.shape)
    this.#known.set(array.data, made)
    return made
  }
}

/** The array of a tensor that ONNX Runtime made, over the same storage. */
export function arrayOfTensor(tensor: Tensor): NdArray {
  return { dtype: tensor.type as DType, shape: tensor.dims, data: tensor.data as TypedArray }
}

/**
 * Checks an array against a declared input or output.
 *
 * @throws `ORT_FEED_MISMATCH` or `ORT_FETCH_MISMATCH` naming the value.
 */
export function checkArray(array: NdArray, value: SessionValue, role: 'feed' | 'fetch', label: string): void {
  const { dtype, shape, data } = array
  if (dtype === value.dtype && data instanceof STORAGE[dtype] && fits(shape, value.shape, data.length)) return
  const kind = role === 'feed' ? 'input' : 'output buffer'
  const stored = `${formatType({ dtype, shape })} in a ${data.constructor.name} of ${data.length}`
  throw new ElmanError(role === 'feed' ? 'ORT_FEED_MISMATCH' : 'ORT_FETCH_MISMATCH', {
    message: `${kind} "${value.name}" has the wrong type, shape or storage`,
    expected: `${value.dtype}[${value.shape.join(',')}] in a ${STORAGE[value.dtype].name}`,
    found: stored,
    where: label,
    hint: 'a graph is compiled for one set of shapes: compile it again for others',
  })
}

function fits(shape: readonly number[], declared: readonly (number | string)[], length: number): boolean {
  if (shape.length !== declared.length) return false
  let size = 1
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!
    const wanted = declared[axis]!
    if (typeof wanted === 'number' && wanted !== extent) return false
    size *= extent
  }
  return size === length
}

function sameDimensions(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false
  return true
}
