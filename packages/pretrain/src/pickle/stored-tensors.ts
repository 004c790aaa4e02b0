/** Numbers of tensors from the bytes of their storages: types, offsets, strides. */
import { ElmanError, halfFloatTable, type NdArray, ndArray, sizeOf } from '@elman/core'
import type { StorageKind, StorageReference, TensorPlan } from './pickle-value.ts'

/** Bytes of an element. */
export const STORAGE_BYTES: { readonly [Kind in StorageKind]: number } = {
  ...{ float64: 8, float32: 4, float16: 2, bfloat16: 2 },
  ...{ int64: 8, int32: 4, int16: 2, int8: 1, uint8: 1, bool: 1 },
}

/**
 * Reads tensors.
 *
 * Tensors that are the same view of the same storage become one array. All of them together may have no more
 * elements than the file has bytes, so that a view with strides of 0 takes no memory that the file does not account for.
 *
 * @param bytesOf - The bytes of a storage as a whole, `whole` elements of them.
 * @param fileBytes - Length of the file.
 * @throws `TENSOR_TOO_LARGE`
 */
export function tensorReader(
  bytesOf: (storage: StorageReference) => Uint8Array,
  fileBytes: number,
  where: string,
): (plan: TensorPlan) => NdArray {
  const made = new Map<string, NdArray>()
  const halves: { table?: Float32Array } = {}
  let elements = 0
  return plan => {
    const { storage, offset, shape, strides } = plan
    const name = JSON.stringify([storage.key, storage.elements, storage.start + offset, shape, strides])
    const known = made.get(name)
    if (known !== undefined) return known
    elements += sizeOf(shape)
    if (!(elements <= fileBytes)) {
      throw new ElmanError('TENSOR_TOO_LARGE', {
        message: 'the tensors have more elements than the file has bytes',
        expected: `at most ${fileBytes}`,
        found: `shape (${shape.join(', ')}) with strides (${strides.join(', ')})`,
        where,
      })
    }
    const array = readTensor(plan, bytesOf(storage), halves)
    made.set(name, array)
    return array
  }
}

function readTensor(
  { storage, offset, shape, strides }: TensorPlan,
  bytes: Uint8Array,
  halves: { table?: Float32Array },
): NdArray {
  const size = sizeOf(shape)
  const span = size === 0 ? 0 : shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, 1)
  const width = STORAGE_BYTES[storage.elements]
  const start = (storage.start + offset) * width
  const read = decode(storage.elements, new Uint8Array(bytes.subarray(start, start + span * width)), halves)
  if (isContiguous(shape, strides)) return { ...read, shape }
  const data = new (read.data.constructor as Float32ArrayConstructor)(size) as unknown as NdArray['data']
  const index = shape.map(() => 0)
  for (let element = 0, at = 0; element < size; element++) {
    data[element] = read.data[at]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1
      at += strides[axis]!
      if (index[axis]! < shape[axis]!) break
      at -= shape[axis]! * strides[axis]!
      index[axis] = 0
    }
  }
  return ndArray(read.dtype, shape, data as never)
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

/** Elements one after the other, as the narrowest of our types that holds them exactly. `bytes` is a copy of its own. */
function decode(kind: StorageKind, { buffer }: Uint8Array, halves: { table?: Float32Array }): NdArray {
  const flat = <D extends NdArray['dtype']>(dtype: D, data: NdArray['data']) =>
    ({ dtype, shape: [data.length], data }) as NdArray
  switch (kind) {
    case 'float64':
      return flat('float64', new Float64Array(buffer))
    case 'float32':
      return flat('float32', new Float32Array(buffer))
    case 'float16': {
      halves.table ??= halfFloatTable()
      const { table } = halves
      return flat(
        'float32',
        Float32Array.from(new Uint16Array(buffer), bits => table[bits]!),
      )
    }
    case 'bfloat16': {
      const bits = Uint32Array.from(new Uint16Array(buffer), upper => upper << 16)
      return flat('float32', new Float32Array(bits.buffer))
    }
    case 'int64':
      return flat('int64', new BigInt64Array(buffer))
    case 'int32':
      return flat('int32', new Int32Array(buffer))
    case 'int16':
      return flat('int32', Int32Array.from(new Int16Array(buffer)))
    case 'int8':
      return flat('int32', Int32Array.from(new Int8Array(buffer)))
    case 'uint8':
      return flat('int32', Int32Array.from(new Uint8Array(buffer)))
    case 'bool':
      return flat(
        'bool',
        Uint8Array.from(new Uint8Array(buffer), byte => (byte === 0 ? 0 : 1)),
      )
  }
}
