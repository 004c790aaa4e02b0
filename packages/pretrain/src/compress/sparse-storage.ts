/**
 * Parameters with many zeros in less space: of each array that gains by it, one bit an element that says whether it is
 * stored, and the numbers that are. A safetensors file, so any tool can open it; gzip gains little more.
 */
import {
  allocate,
  ElmanError,
  encodeSafetensors,
  flattenParameters,
  isFloat,
  type NdArray,
  ndArray,
  type Parameters,
  readSafetensors,
  sizeOf,
  unflattenParameters,
} from '@elman/core'

const BITS = ':bits'
const VALUES = ':values'
const SHAPE = ':shape'

/** The bytes of a file with sparse arrays as bits and values, others as they are. Read by {@link decodeSparse}. */
export function encodeSparse(parameters: Parameters): Uint8Array<ArrayBuffer> {
  const tensors = [...flattenParameters(parameters)].flatMap(([path, array]): [string, NdArray][] => {
    const sparse = isFloat(array.dtype) ? sparseParts(array) : undefined
    if (sparse === undefined) return [[path, array]]
    return [
      [path + BITS, sparse.bits],
      [path + VALUES, sparse.values],
      [path + SHAPE, ndArray('int32', [array.shape.length], Int32Array.from(array.shape))],
    ]
  })
  const pieces = encodeSafetensors(tensors, { format: 'elman-sparse' })
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Bits and values of an array; undefined where they take more room than the array. */
function sparseParts({ dtype, data }: NdArray): { bits: NdArray; values: NdArray } | undefined {
  const words = new Int32Array(Math.ceil(data.length / 32))
  let count = 0
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue
    words[i >> 5]! |= 1 << (i & 31)
    count++
  }
  const width = dtype === 'float64' ? 8 : 4
  if (words.byteLength + count * width >= data.length * width) return undefined
  const values = allocate(dtype, count)
  let next = 0
  for (const value of data) if (value !== 0) values[next++] = value
  return {
    bits: ndArray('int32', [words.length], words),
    values: { dtype, shape: [count], data: values },
  }
}

/**
 * The parameters of {@link encodeSparse}. Zeros come back as +0.
 *
 * @param source - Path of a file, or its bytes.
 * @throws `SPARSE_MALFORMED` when parts are missing or do not fit each other; what `readSafetensors` throws
 */
export async function decodeSparse(source: string | Uint8Array): Promise<Parameters> {
  const { tensors } = await readSafetensors(source)
  const arrays: [string, NdArray][] = []
  for (const [name, array] of tensors) {
    if (name.endsWith(VALUES) || name.endsWith(SHAPE)) continue
    if (!name.endsWith(BITS)) arrays.push([name, array])
    else {
      const path = name.slice(0, -BITS.length)
      arrays.push([path, dense(path, array, tensors.get(path + VALUES), tensors.get(path + SHAPE))])
    }
  }
  return unflattenParameters(arrays) as Parameters
}

function dense(
  path: string,
  bits: NdArray,
  values: NdArray | undefined,
  shape: NdArray | undefined,
): NdArray {
  if (values === undefined || shape?.dtype !== 'int32' || bits.dtype !== 'int32' || !isFloat(values.dtype)) {
    throw malformed(path, 'its bits, values or shape are missing')
  }
  const extents = [...(shape.data as Int32Array)]
  const size = sizeOf(extents)
  const words = bits.data as Int32Array
  if (extents.some(extent => extent < 0) || words.length !== Math.ceil(size / 32)) {
    throw malformed(path, `${words.length * 32} bits for shape ${extents.join(' × ')}`)
  }
  const kept = (i: number) => (words[i >> 5]! >>> (i & 31)) & 1
  let count = 0
  for (let i = 0; i < size; i++) count += kept(i)
  if (count !== values.data.length) throw malformed(path, `${values.data.length} values for ${count} bits`)
  const data = allocate(values.dtype, size)
  for (let i = 0, next = 0; i < size; i++) if (kept(i)) data[i] = values.data[next++]!
  return { dtype: values.dtype, shape: extents, data }
}

function malformed(path: string, found: string): ElmanError {
  return new ElmanError('SPARSE_MALFORMED', {
    message: `the sparse array "${path}" is damaged`,
    found,
    hint: 'the file is damaged or was not made by encodeSparse: make it again',
  })
}
