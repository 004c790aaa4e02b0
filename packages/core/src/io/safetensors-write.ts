import { ElmanError } from '../errors/elman-error.ts'
import { BYTES_PER_ELEMENT, type DType } from '../tensor/dtype.ts'
import { type NdArray, ndArray } from '../tensor/nd-array.ts'
import { type WrittenFile, writeFileAtomically } from './atomic-file.ts'

const FILE_DTYPE: Readonly<Record<DType, string>> = {
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  bool: 'BOOL',
}

/**
 * The bytes of a safetensors file in pieces: the header, then each array's own storage without a copy.
 *
 * Arrays lie in falling order of element size, then by name, so that each starts aligned; the same arrays and
 * metadata give the same bytes.
 *
 * @throws `SAFETENSORS_NAME_INVALID` for a name given twice or `__metadata__`; `SHAPE_MISMATCH` for an array whose
 * storage does not fit its shape.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, NdArray]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      BYTES_PER_ELEMENT[b.dtype] - BYTES_PER_ELEMENT[a.dtype] || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  )
  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata]]
  let end = 0
  const names = new Set<string>()
  for (const [name, { dtype, shape, data }] of sorted) {
    checkName(name, names.has(name))
    ndArray(dtype, shape, data)
    names.add(name)
    header.push([name, { dtype: FILE_DTYPE[dtype], shape, data_offsets: [end, end + data.byteLength] }])
    end += data.byteLength
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20)
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true)
  padded.set(json, 8)
  return [
    padded,
    ...sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]
}

/**
 * Writes arrays to a safetensors file, atomically.
 *
 * @returns length and SHA-256 of the file.
 * @throws `SAFETENSORS_NAME_INVALID`, `FILE_UNWRITABLE`.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, NdArray]>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  return writeFileAtomically(path, encodeSafetensors(tensors, metadata))
}

function checkName(name: string, taken: boolean): void {
  if (name !== '__metadata__' && !/\p{Surrogate}/u.test(name) && !taken) return
  throw new ElmanError('SAFETENSORS_NAME_INVALID', {
    message: `${JSON.stringify(name)} cannot name a tensor in a safetensors file`,
    expected: 'each name once; any text of whole characters but __metadata__, which the format reserves',
  })
}
