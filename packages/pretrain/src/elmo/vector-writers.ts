/**
 * Vectors of sentences into a file, sentence by sentence, in bounded memory.
 *
 * - `hdf5`: as `allennlp elmo` writes them: dataset `0`, `1`, … (layers, tokens, features) for each sentence, and
 *   `sentence_to_index`, JSON of each sentence's text to its number.
 * - `npy`: one array (tokens of all sentences, layers, features), and beside it `FILE.json` with the tokens of each
 *   sentence and the row it begins at.
 * - `safetensors`: tensor `0`, `1`, … (layers, tokens, features) for each sentence, its tokens as metadata.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { ElmanError, fileError, writeFileAtomically } from '@elman/core'
import type { EmbeddedSentence } from './embed-sentences.ts'
import { createHdf5 } from './hdf5/write-hdf5.ts'

/** Forms of files of vectors. */
export type VectorFormat = 'hdf5' | 'npy' | 'safetensors'

/** A file of vectors that is being written; it appears under its name when it is closed. */
export interface VectorWriter {
  /** Appends a sentence. Call it in the order of their numbers. */
  write(sentence: EmbeddedSentence): Promise<void>
  /** Completes the file. @throws `FILE_UNWRITABLE` */
  close(): Promise<void>
  /** Gives up: nothing is left. */
  discard(): Promise<void>
}

/** Sizes of the vectors of an embedder. */
export interface VectorShape {
  readonly layers: number
  readonly features: number
}

/**
 * Opens a file for vectors (float32).
 *
 * @throws `FILE_UNWRITABLE`
 */
export async function createVectorWriter(
  path: string,
  format: VectorFormat,
  shape: VectorShape,
): Promise<VectorWriter> {
  if (format === 'hdf5') return hdf5Writer(path)
  return format === 'npy' ? npyWriter(path, shape) : safetensorsWriter(path)
}

async function hdf5Writer(path: string): Promise<VectorWriter> {
  const file = await createHdf5(path)
  const numbers: { [sentence: string]: string } = {}
  return {
    async write({ index, tokens, layers }) {
      numbers[tokens.join(' ')] = String(index)
      await file.write(String(index), { ...layers, dtype: 'float32', data: floats(layers.data) })
    },
    async close() {
      await file.writeText('sentence_to_index', JSON.stringify(numbers))
      await file.close()
    },
    discard: () => file.discard(),
  }
}

/** Bytes kept free for the header of an npy file, whose number of rows is known at the end. */
const NPY_HEADER = 128

async function npyWriter(path: string, { layers: count, features }: VectorShape): Promise<VectorWriter> {
  const file = await openPartial(path)
  const sentences: { readonly tokens: readonly string[]; readonly row: number }[] = []
  let rows = 0
  await file.append(new Uint8Array(NPY_HEADER))
  return {
    async write({ tokens, layers }) {
      const length = tokens.length
      const data = new Float32Array(length * count * features)
      const source = floats(layers.data)
      for (let token = 0; token < length; token++) {
        for (let layer = 0; layer < count; layer++) {
          const from = (layer * length + token) * features
          data.set(source.subarray(from, from + features), (token * count + layer) * features)
        }
      }
      sentences.push({ tokens, row: rows })
      rows += length
      await file.append(bytesOf(data))
    },
    async close() {
      await file.overwrite(npyHeader([rows, count, features]))
      await file.finish()
      await writeFileAtomically(`${path}.json`, `${JSON.stringify({ sentences })}\n`)
    },
    discard: file.discard,
  }
}

function npyHeader(shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const header = new Uint8Array(NPY_HEADER)
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, NPY_HEADER - 10, 0]) // \x93NUMPY, version, length
  header.set(new TextEncoder().encode(`${text.padEnd(NPY_HEADER - 11)}\n`), 10)
  return header
}

async function safetensorsWriter(path: string): Promise<VectorWriter> {
  const data = await openPartial(`${path}.data`)
  const header: { [name: string]: unknown } = {}
  const metadata: { [name: string]: string } = {}
  let end = 0
  return {
    async write({ index, tokens, layers }) {
      const bytes = bytesOf(floats(layers.data))
      header[String(index)] = { dtype: 'F32', shape: layers.shape, data_offsets: [end, end + bytes.length] }
      metadata[`tokens.${index}`] = JSON.stringify(tokens)
      end += bytes.length
      await data.append(bytes)
    },
    async close() {
      const json = JSON.stringify({ __metadata__: metadata, ...header })
      const text = new TextEncoder().encode(json)
      const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20)
      new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true)
      padded.set(text, 8)
      const file = await openPartial(path)
      await file.append(padded)
      for await (const part of data.read()) await file.append(part)
      await file.finish()
      await data.discard()
    },
    discard: data.discard,
  }
}

/** A file under a name of its own until it is finished. */
interface PartialFile {
  append(bytes: Uint8Array): Promise<void>
  /** Writes over the first bytes. */
  overwrite(bytes: Uint8Array): Promise<void>
  read(): AsyncGenerator<Uint8Array>
  finish(): Promise<void>
  discard(): Promise<void>
}

/** Bytes that are copied at a time. */
const PIECE = 2 ** 20

async function openPartial(path: string): Promise<PartialFile> {
  const temporary = `${path}.partial`
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw error instanceof ElmanError ? error : fileError('write', path, error)
    })
  const handle: FileHandle = await guard(open(temporary, 'w+'))
  let end = 0
  const put = async (bytes: Uint8Array, at: number) => {
    if (bytes.length > 0) await guard(handle.write(bytes, 0, bytes.length, at))
  }
  return {
    async append(bytes) {
      await put(bytes, end)
      end += bytes.length
    },
    overwrite: bytes => put(bytes, 0),
    async *read() {
      for (let at = 0; at < end; at += PIECE) {
        const piece = new Uint8Array(Math.min(PIECE, end - at))
        await guard(handle.read(piece, 0, piece.length, at))
        yield piece
      }
    },
    async finish() {
      await guard(handle.sync())
      await handle.close()
      await guard(rename(temporary, path))
    },
    async discard() {
      await handle.close()
      await rm(temporary, { force: true })
    },
  }
}

function floats(data: ArrayLike<unknown>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>)
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
