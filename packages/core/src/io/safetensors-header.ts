/**
 * The header of a safetensors file, read with distrust and written as the reference implementation does.
 *
 * Layout: 8 bytes little-endian header length, JSON `{ name: { dtype, shape, data_offsets } }` padded with spaces,
 * then the bytes of all tensors without gap or overlap. Source: github.com/huggingface/safetensors, README "Format".
 */

import { ElmanError } from '../errors/elman-error.ts'
import type { DType } from '../tensor/dtype.ts'
import { duplicateName } from './json.ts'

/** Longest header that is read: the cap of the reference implementation. */
export const MAXIMAL_HEADER_BYTES = 100_000_000

/** A dtype of the file, its bytes an element, and the host dtype that holds all its values exactly. */
export interface FileDType {
  readonly bytes: number
  readonly host: DType
}

/** The dtypes that can be read. Integers and half-precision floats that no host dtype mirrors are widened. */
export const FILE_DTYPES: Readonly<Record<string, FileDType>> = {
  F64: { bytes: 8, host: 'float64' },
  F32: { bytes: 4, host: 'float32' },
  F16: { bytes: 2, host: 'float32' },
  BF16: { bytes: 2, host: 'float32' },
  I64: { bytes: 8, host: 'int64' },
  I32: { bytes: 4, host: 'int32' },
  I16: { bytes: 2, host: 'int32' },
  I8: { bytes: 1, host: 'int32' },
  U64: { bytes: 8, host: 'int64' },
  U32: { bytes: 4, host: 'int64' },
  U16: { bytes: 2, host: 'int32' },
  U8: { bytes: 1, host: 'int32' },
  BOOL: { bytes: 1, host: 'bool' },
}

/** One tensor of a file. */
export interface SafetensorsEntry {
  readonly name: string
  /** Dtype in the file, such as `BF16`. */
  readonly fileDtype: string
  /** Dtype of the array that reading gives. */
  readonly dtype: DType
  readonly shape: readonly number[]
  /** Position of the first byte in the file. */
  readonly position: number
  /** Length in the file. */
  readonly bytes: number
}

/** All that a header says. */
export interface SafetensorsHeader {
  /** Tensors by name, in the order of their bytes. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>
  readonly metadata: Readonly<Record<string, string>>
}

/** An error about a safetensors file. */
export function safetensorsError(
  kind: string,
  where: string,
  message: string,
  expected?: string,
  found?: string,
): ElmanError {
  return new ElmanError(`SAFETENSORS_${kind}`, {
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    where,
  })
}

/**
 * Length of the header from the first eight bytes of a file, checked against the file's length.
 *
 * @throws `SAFETENSORS_TRUNCATED`, `SAFETENSORS_HEADER_TOO_LARGE`.
 */
export function headerLength(start: Uint8Array, fileBytes: number, where: string): number {
  if (start.length < 8) {
    throw safetensorsError(
      'TRUNCATED',
      where,
      'the file is too short',
      'at least 8 bytes',
      `${fileBytes} bytes`,
    )
  }
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(MAXIMAL_HEADER_BYTES)) {
    throw safetensorsError(
      'HEADER_TOO_LARGE',
      where,
      'the header is longer than a safetensors header may be; is this another kind of file?',
      `at most ${MAXIMAL_HEADER_BYTES} bytes`,
      `${length} bytes`,
    )
  }
  if (Number(length) > fileBytes - 8) {
    const found = `${fileBytes - 8} bytes`
    throw safetensorsError('TRUNCATED', where, 'the file ends inside its header', `${length} bytes`, found)
  }
  return Number(length)
}

/**
 * Reads a header and checks that its tensors tile the rest of the file.
 *
 * @param header - The JSON, without its length.
 * @throws `SAFETENSORS_HEADER_INVALID`, `SAFETENSORS_DUPLICATE_NAME`, `SAFETENSORS_DTYPE_UNKNOWN`,
 * `SAFETENSORS_SHAPE_INVALID`, `SAFETENSORS_MISALIGNED`, `SAFETENSORS_OVERLAP`, `SAFETENSORS_GAP`, `SAFETENSORS_TRUNCATED`.
 */
export function parseHeader(header: Uint8Array, fileBytes: number, where: string): SafetensorsHeader {
  const { __metadata__: rawMetadata, ...tensors } = parseJson(header, where)
  const dataStart = 8 + header.length
  const entries = Object.entries(tensors).map(([name, raw]) => parseEntry(name, raw, dataStart, where))
  entries.sort((a, b) => a.position - b.position || a.bytes - b.bytes)
  checkTiling(entries, dataStart, fileBytes, where)
  return {
    entries: new Map(entries.map(entry => [entry.name, entry])),
    metadata: rawMetadata === undefined ? {} : parseMetadata(rawMetadata, where),
  }
}

function parseJson(header: Uint8Array, where: string): Record<string, unknown> {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
    value = JSON.parse(text)
  } catch (error) {
    const found = (error as Error).message
    throw safetensorsError('HEADER_INVALID', where, 'the header is not JSON in UTF-8', undefined, found)
  }
  if (!text.startsWith('{'))
    throw safetensorsError('HEADER_INVALID', where, 'the header does not start with {')
  const twice = duplicateName(text)
  if (twice !== undefined)
    throw safetensorsError('DUPLICATE_NAME', where, `the name "${twice}" stands twice in the header`)
  return value as Record<string, unknown>
}

function parseMetadata(raw: unknown, where: string): Record<string, string> {
  const valid = isObject(raw) && Object.values(raw).every(value => typeof value === 'string')
  if (!valid) throw safetensorsError('HEADER_INVALID', where, '__metadata__ must be an object of strings')
  return raw as Record<string, string>
}

function parseEntry(name: string, raw: unknown, dataStart: number, where: string): SafetensorsEntry {
  const problem = (message: string) =>
    safetensorsError('HEADER_INVALID', where, `tensor "${name}" ${message}`)
  if (!isObject(raw)) throw problem('is not described by an object')
  const { dtype, shape, data_offsets: offsets } = raw
  if (typeof dtype !== 'string') throw problem('has no dtype')
  if (!isExtents(shape)) throw problem('has no shape of whole numbers that are not negative')
  if (!isExtents(offsets) || offsets.length !== 2) throw problem('has no data_offsets of two whole numbers')
  const [begin, end] = offsets as [number, number]
  if (begin > end) throw problem(`ends at byte ${end}, before its start ${begin}`)
  const type = Object.hasOwn(FILE_DTYPES, dtype) ? FILE_DTYPES[dtype]! : undefined
  if (type === undefined) {
    const known = Object.keys(FILE_DTYPES).join(', ')
    throw safetensorsError(
      'DTYPE_UNKNOWN',
      where,
      `tensor "${name}" has a dtype that cannot be read`,
      known,
      dtype,
    )
  }
  const bytes = shape.reduce((product, extent) => product * extent, type.bytes)
  if (bytes !== end - begin) {
    const expected = `${end - begin} bytes, as data_offsets say`
    const found = `${dtype}[${shape.join(',')}], ${bytes} bytes`
    throw safetensorsError(
      'SHAPE_INVALID',
      where,
      `the shape of tensor "${name}" does not fit its bytes`,
      expected,
      found,
    )
  }
  if (begin % type.bytes !== 0) {
    const expected = `a multiple of ${type.bytes} bytes`
    throw safetensorsError(
      'MISALIGNED',
      where,
      `tensor "${name}" starts within an element`,
      expected,
      `byte ${begin}`,
    )
  }
  return {
    name,
    fileDtype: dtype,
    dtype: type.host,
    shape: shape.map(extent => extent + 0),
    position: dataStart + begin,
    bytes,
  }
}

/** Checks that sorted entries lie end to end from the header to the end of the file. */
function checkTiling(
  entries: readonly SafetensorsEntry[],
  dataStart: number,
  fileBytes: number,
  where: string,
): void {
  let end = dataStart
  let before = 'the header'
  for (const entry of entries) {
    const { name, position, bytes } = entry
    if (position < end) throw safetensorsError('OVERLAP', where, `${before} and tensor "${name}" share bytes`)
    if (position > end) {
      const message = `${position - end} bytes between ${before} and tensor "${name}" belong to nothing`
      throw safetensorsError('GAP', where, message)
    }
    end = position + bytes
    before = `tensor "${name}"`
  }
  if (end > fileBytes) {
    const expected = `${end} bytes, as the header says`
    throw safetensorsError(
      'TRUNCATED',
      where,
      'the file ends inside its tensors',
      expected,
      `${fileBytes} bytes`,
    )
  }
  if (end < fileBytes) {
    throw safetensorsError(
      'GAP',
      where,
      `${fileBytes - end} bytes at the end of the file belong to no tensor`,
    )
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whole numbers, not negative, that a float64 holds exactly. */
function isExtents(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(extent => Number.isSafeInteger(extent) && extent >= 0)
}
