/**
 * Word vectors that stay on the disk: the words are in memory, a vector is read when it is asked for. For word2vec
 * binary, .npy (float32) and elman's safetensors; text has no place to find a row at.
 */

import { ElmanError, openSafetensors } from '@elman/core'
import { WordTable } from '../words/word-table.ts'
import { addWord } from './add-word.ts'
import { type ByteStream, openByteStream } from './byte-stream.ts'
import { detectFormat } from './detect-format.ts'
import { type FileBytes, openFileBytes } from './file-bytes.ts'
import { FORMAT_TITLES, type WordVectorFormat } from './formats.ts'
import { readNpyLayout } from './npy-header.ts'
import { readNpyWords } from './npy-vectors.ts'
import { RowCache } from './row-cache.ts'
import { readSafetensorsLayout } from './safetensors-vectors.ts'
import { findBinaryWord, readBinaryHeader } from './word2vec-binary.ts'

/** How a file is opened. */
export interface OpenVectorsOptions {
  readonly format?: WordVectorFormat | 'auto'
  /** Vectors that are kept in memory, those used last; 10,000 unless given. */
  readonly cachedRows?: number
  /** Of an .npy file: the words, one a line; `x.vocab.txt` unless given. */
  readonly vocabulary?: string
}

/** An open file of word vectors. */
export interface WordVectorFile {
  readonly path: string
  readonly format: WordVectorFormat
  readonly words: WordTable
  readonly dimensions: number
  /** Number of words. */
  readonly count: number
  /** Whether a word has a vector. */
  has(word: string): boolean
  /** The vector of a word, or undefined; not to be written to. @throws `FILE_UNREADABLE`, `EMBEDDING_FILE_TRUNCATED` */
  get(word: string): Promise<Float32Array | undefined>
  /** The vector of row `index`. @throws `EMBEDDING_INDEX_OUT_OF_RANGE` */
  row(index: number): Promise<Float32Array>
  /** Closes the file; vectors that were read stay good. */
  close(): Promise<void>
}

/** Where the rows are: row i begins at `positions[i]`. */
interface RowIndex {
  readonly words: WordTable
  readonly dimensions: number
  readonly positions: Float64Array
}

/**
 * Opens a file of word vectors without reading the matrix. Words that come twice have the vector of the first.
 *
 * @throws `EMBEDDING_FORMAT_NOT_RANDOM` for formats without row positions, and what {@link readWordVectors} throws.
 */
export async function openWordVectors(
  path: string,
  options: OpenVectorsOptions = {},
): Promise<WordVectorFile> {
  const stream = await openByteStream(path)
  let format: WordVectorFormat
  let index: RowIndex
  try {
    format = await detectFormat(stream, options.format ?? 'auto')
    index = await indexRows(stream, format, options)
  } finally {
    await stream.close()
  }
  return vectorFile(
    await openFileBytes(path),
    format,
    index,
    new RowCache(Math.max(1, options.cachedRows ?? 10_000)),
  )
}

async function indexRows(
  stream: ByteStream,
  format: WordVectorFormat,
  options: OpenVectorsOptions,
): Promise<RowIndex> {
  if (!stream.compressed) {
    if (format === 'word2vec-binary') return indexBinary(stream)
    if (format === 'safetensors') return indexSafetensors(stream.path)
    if (format === 'npy') return indexNpy(stream, options.vocabulary)
  }
  throw new ElmanError('EMBEDDING_FORMAT_NOT_RANDOM', {
    message: `single rows cannot be read from ${FORMAT_TITLES[format]}${stream.compressed ? ' packed by gzip' : ''}`,
    expected: 'word2vec binary, .npy of float32, or safetensors',
    where: stream.path,
    hint: 'read it by readWordVectors, or write it once as safetensors',
  })
}

async function indexBinary(stream: ByteStream): Promise<RowIndex> {
  const { rows, dimensions } = await readBinaryHeader(stream, false)
  const words = new WordTable()
  const positions = new Float64Array(rows)
  const rowBytes = dimensions * 4
  for (let row = 1; row <= rows; row++) {
    const space = await findBinaryWord(stream, row)
    const length = space - stream.begin
    if (space < 0 || !(await stream.need(length + 1 + rowBytes)))
      throw truncated(stream.path, stream.position, row)
    const place = words.count
    if (
      addWord(
        words,
        stream.buffer,
        stream.begin,
        stream.begin + length,
        () => `${stream.path}, row ${row}`,
      ) === place
    )
      positions[place] = stream.position + length + 1
    stream.begin += length + 1 + rowBytes
  }
  return { words, dimensions, positions }
}

async function indexSafetensors(path: string): Promise<RowIndex> {
  const reader = await openSafetensors(path)
  try {
    const { entry, words: bytes, offsets, rows, dimensions } = await readSafetensorsLayout(path, reader)
    if (entry.fileDtype !== 'F32') throw notFloat32(path, entry.fileDtype)
    const words = new WordTable(Math.min(rows, 2 ** 20))
    const positions = new Float64Array(rows)
    for (let row = 0; row < rows; row++) {
      const place = words.count
      if (addWord(words, bytes, offsets[row]!, offsets[row + 1]!, () => `${path}, row ${row + 1}`) === place)
        positions[place] = entry.position + row * dimensions * 4
    }
    return { words, dimensions, positions }
  } finally {
    await reader.close()
  }
}

async function indexNpy(stream: ByteStream, vocabulary: string | undefined): Promise<RowIndex> {
  const { rows, columns, width, position } = await readNpyLayout(stream)
  if (width !== 4) throw notFloat32(stream.path, `float${width * 8}`)
  const { words, lines } = await readNpyWords(stream.path, rows, vocabulary)
  const positions = new Float64Array(words.count)
  // From the last row to the first, so that of rows with the same word the first stays.
  for (let row = rows - 1; row >= 0; row--) positions[lines[row]!] = position + row * columns * 4
  return { words, dimensions: columns, positions }
}

function vectorFile(
  file: FileBytes,
  format: WordVectorFormat,
  index: RowIndex,
  cache: RowCache,
): WordVectorFile {
  const { words, dimensions, positions } = index
  const row = async (place: number): Promise<Float32Array> => {
    words.bytesAt(place) // refuses an index out of range
    const cached = cache.get(place)
    if (cached !== undefined) return cached
    const vector = new Float32Array(dimensions)
    const position = positions[place]!
    const there = await file.read(position, new Uint8Array(vector.buffer))
    if (there < dimensions * 4) throw truncated(file.path, position, place + 1)
    cache.set(place, vector)
    return vector
  }
  return {
    path: file.path,
    format,
    words,
    dimensions,
    count: words.count,
    has: word => words.has(word),
    get: async word => {
      const place = words.indexOf(word)
      return place < 0 ? undefined : row(place)
    },
    row,
    close: () => file.close(),
  }
}

function truncated(path: string, byte: number, row: number): ElmanError {
  return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: `the file ends within row ${row}`,
    where: `${path}, row ${row} (byte ${byte})`,
    hint: 'was the file cut off? readWordVectors with allowTruncated reads the rows before',
  })
}

function notFloat32(path: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_FORMAT_NOT_RANDOM', {
    message: 'single rows are read from float32 only',
    expected: 'float32',
    found,
    where: path,
    hint: 'read it by readWordVectors, or write it once as safetensors',
  })
}
