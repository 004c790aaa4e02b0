/**
 * Reads safetensors files and bytes from anywhere: the header is checked whole before memory for a tensor is taken,
 * and tensors are read one by one. Bytes are little-endian, as on every platform that Node supports but s390x.
 */

import { type FileHandle, open } from 'node:fs/promises'
import { didYouMean } from '../errors/did-you-mean.ts'
import { ElmanError } from '../errors/elman-error.ts'
import { allocate, sizeOf, type TypedArray } from '../tensor/dtype.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { fileError } from './file-error.ts'
import { halfFloatTable } from './half-float.ts'
import {
  headerLength,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
  safetensorsError,
} from './safetensors-header.ts'

/** An open safetensors file. */
export interface SafetensorsReader extends SafetensorsHeader {
  /**
   * Reads one tensor into fresh memory.
   *
   * @throws `SAFETENSORS_TENSOR_MISSING`, `SAFETENSORS_VALUE_INVALID`, `SAFETENSORS_TENSOR_TOO_LARGE`, `SAFETENSORS_TRUNCATED`
   * when the file shrank meanwhile.
   */
  read(name: string): Promise<NdArray>
  /** Closes the file. */
  close(): Promise<void>
}

/** The tensors of a whole file. */
export interface Safetensors {
  readonly tensors: Map<string, NdArray>
  readonly metadata: Readonly<Record<string, string>>
}

/** Bytes converted at a time where the file's dtype is not the host's. */
const PIECE_BYTES = 2 ** 20

/** Where bytes come from. */
interface ByteSource {
  readonly bytes: number
  /** Fills `target` from `position`; gives the number of bytes that were there. */
  fill(position: number, target: Uint8Array): Promise<number>
  close(): Promise<void>
}

/**
 * Opens a safetensors file, or bytes in memory, and checks its header.
 *
 * @throws the `SAFETENSORS_*` codes; `FILE_UNREADABLE`.
 */
export async function openSafetensors(source: string | Uint8Array): Promise<SafetensorsReader> {
  const where = typeof source === 'string' ? source : 'safetensors bytes'
  const bytes = typeof source === 'string' ? await fileSource(source) : memorySource(source)
  try {
    const start = await take(bytes, 0, Math.min(8, bytes.bytes), where)
    const length = headerLength(start, bytes.bytes, where)
    const header = parseHeader(await take(bytes, 8, length, where), bytes.bytes, where)
    return {
      ...header,
      read: async name => readTensor(bytes, findEntry(header, name, where), where),
      close: () => bytes.close(),
    }
  } catch (error) {
    await bytes.close()
    throw error
  }
}

/**
 * Reads all tensors of a safetensors file or of bytes in memory, or those that `only` picks by name.
 *
 * @throws as {@link openSafetensors} and its reader do.
 */
export async function readSafetensors(
  source: string | Uint8Array,
  only: (name: string) => boolean = () => true,
): Promise<Safetensors> {
  const file = await openSafetensors(source)
  try {
    const tensors = new Map<string, NdArray>()
    for (const name of file.entries.keys()) if (only(name)) tensors.set(name, await file.read(name))
    return { tensors, metadata: file.metadata }
  } finally {
    await file.close()
  }
}

function findEntry(header: SafetensorsHeader, name: string, where: string): SafetensorsEntry {
  const entry = header.entries.get(name)
  if (entry !== undefined) return entry
  const near = didYouMean(name, header.entries.keys())
  throw new ElmanError('SAFETENSORS_TENSOR_MISSING', {
    message: `there is no tensor "${name}" among the ${header.entries.size} of the file`,
    where,
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  })
}

async function readTensor(source: ByteSource, entry: SafetensorsEntry, where: string): Promise<NdArray> {
  const { fileDtype, dtype, shape, position, bytes } = entry
  const data = allocateFor(entry, where)
  const widen = WIDENERS[fileDtype]
  if (widen === undefined) {
    await takeInto(source, position, new Uint8Array(data.buffer, data.byteOffset, bytes), where)
    if (dtype === 'bool') checkBooleans(data as Uint8Array, entry, where)
    return { dtype, shape, data }
  }
  const convert = widen()
  const width = bytes / Math.max(1, sizeOf(shape))
  for (let done = 0; done < bytes; done += PIECE_BYTES) {
    const piece = await take(source, position + done, Math.min(PIECE_BYTES, bytes - done), where)
    if (!convert(piece.buffer, data, done / width)) {
      const message = `tensor "${entry.name}" holds a number above 2^63 - 1, which no dtype here can hold`
      throw safetensorsError('VALUE_INVALID', where, message)
    }
  }
  return { dtype, shape, data }
}

function allocateFor({ name, dtype, shape, bytes }: SafetensorsEntry, where: string): TypedArray {
  try {
    return allocate(dtype, sizeOf(shape))
  } catch (error) {
    throw new ElmanError('SAFETENSORS_TENSOR_TOO_LARGE', {
      message: `there is no memory for tensor "${name}" of ${bytes} bytes`,
      found: (error as Error).message,
      where,
      cause: error,
    })
  }
}

function checkBooleans(data: Uint8Array, entry: SafetensorsEntry, where: string): void {
  const wrong = data.find(value => value > 1)
  if (wrong === undefined) return
  const message = `tensor "${entry.name}" is of truth values but holds another byte`
  throw safetensorsError('VALUE_INVALID', where, message, '0 or 1', String(wrong))
}

/** Writes the numbers of a piece to the array from index `at`; false when one does not fit. */
type Widener = (piece: ArrayBuffer, data: TypedArray, at: number) => boolean

/** How each dtype that the host does not mirror becomes one that it does; made once a tensor. */
const WIDENERS: Readonly<Record<string, () => Widener>> = {
  F16: () => {
    const table = halfFloatTable()
    return (piece, data, at) => {
      const halves = new Uint16Array(piece)
      for (let i = 0; i < halves.length; i++) data[at + i] = table[halves[i]!]!
      return true
    }
  },
  BF16: () => (piece, data, at) => {
    const halves = new Uint16Array(piece)
    const words = new Uint32Array(data.buffer)
    for (let i = 0; i < halves.length; i++) words[at + i] = halves[i]! << 16
    return true
  },
  I8: () => setAll(piece => new Int8Array(piece)),
  U8: () => setAll(piece => new Uint8Array(piece)),
  I16: () => setAll(piece => new Int16Array(piece)),
  U16: () => setAll(piece => new Uint16Array(piece)),
  U32: () => (piece, data, at) => {
    const words = new Uint32Array(piece)
    for (let i = 0; i < words.length; i++) data[at + i] = BigInt(words[i]!)
    return true
  },
  U64: () => (piece, data, at) => {
    const values = new BigInt64Array(piece)
    ;(data as BigInt64Array).set(values, at)
    return values.every(value => value >= 0n)
  },
}

function setAll(numbers: (piece: ArrayBuffer) => ArrayLike<number>): Widener {
  return (piece, data, at) => {
    ;(data as Int32Array).set(numbers(piece), at)
    return true
  }
}

async function take(
  source: ByteSource,
  position: number,
  length: number,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const target = new Uint8Array(length)
  await takeInto(source, position, target, where)
  return target
}

async function takeInto(
  source: ByteSource,
  position: number,
  target: Uint8Array,
  where: string,
): Promise<void> {
  const there = await source.fill(position, target)
  if (there === target.length) return
  const expected = `${target.length} bytes from byte ${position}`
  throw safetensorsError(
    'TRUNCATED',
    where,
    'the file became shorter while it was read',
    expected,
    `${there} bytes`,
  )
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    bytes: bytes.length,
    fill: async (position, target) => {
      const there = bytes.subarray(position, position + target.length)
      target.set(there)
      return there.length
    },
    close: async () => {},
  }
}

async function fileSource(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const opened = handle
    const { size } = await opened.stat()
    return {
      bytes: size,
      fill: (position, target) => fillFrom(opened, path, position, target),
      close: () => opened.close(),
    }
  } catch (error) {
    await handle?.close()
    throw fileError('read', path, error)
  }
}

async function fillFrom(
  handle: FileHandle,
  path: string,
  position: number,
  target: Uint8Array,
): Promise<number> {
  try {
    let done = 0
    while (done < target.length) {
      const wanted = Math.min(target.length - done, 2 ** 30)
      const { bytesRead } = await handle.read(target, done, wanted, position + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  } catch (error) {
    throw fileError('read', path, error)
  }
}
