/**
 * elman's own file of word vectors: safetensors with the tensors `vectors` float32 [words × dimensions], `offsets`
 * [words + 1] and `words` (the words' bytes end to end, padded to whole int32; U8 is read too: word i is bytes
 * offsets[i] … offsets[i + 1]), and, where known, `counts` float64 [words].
 */

import {
  ElmanError,
  type NdArray,
  openSafetensors,
  type SafetensorsEntry,
  type SafetensorsReader,
  toNumbers,
  writeSafetensors,
} from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import { openByteStream } from './byte-stream.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'

/** What the metadata of such a file says it is. */
const SAFETENSORS_KIND = 'elman word vectors'

/** The words of a safetensors file and where its vectors lie. */
export interface SafetensorsLayout {
  readonly entry: SafetensorsEntry
  readonly rows: number
  readonly dimensions: number
  /** The words end to end. */
  readonly words: Buffer
  /** Word i is bytes offsets[i] … offsets[i + 1]. */
  readonly offsets: Float64Array
  readonly counts: Float64Array | undefined
}

/**
 * Reads all but the vectors, and checks that the parts fit.
 *
 * @throws `EMBEDDING_FILE_PARTS_INVALID`, the `SAFETENSORS_*` codes
 */
export async function readSafetensorsLayout(
  path: string,
  reader: SafetensorsReader,
): Promise<SafetensorsLayout> {
  const entry = reader.entries.get('vectors')
  if (entry === undefined || !reader.entries.has('words') || !reader.entries.has('offsets')) {
    const found = [...reader.entries.keys()].slice(0, 8).join(', ')
    throw invalid(
      path,
      'this safetensors file is none of word vectors',
      'tensors vectors, words and offsets',
      found,
    )
  }
  const [rows = 0, dimensions = 0] = entry.shape
  if (entry.shape.length !== 2 || dimensions === 0 || rows === 0 || !entry.dtype.startsWith('float'))
    throw invalid(path, 'tensor "vectors" is no matrix', 'float [words, dimensions]', shapeOf(entry))
  for (const [name, length] of [
    ['offsets', rows + 1],
    ['counts', rows],
  ] as const) {
    const other = reader.entries.get(name)
    if (other !== undefined && (other.shape.length !== 1 || other.shape[0] !== length))
      throw invalid(path, `tensor "${name}" does not fit "vectors"`, `[${length}]`, shapeOf(other))
  }
  const offsets = Float64Array.from(toNumbers(await reader.read('offsets')))
  const words = bytesOf(path, reader.entries.get('words')!, await reader.read('words'))
  checkOffsets(path, offsets, words.length)
  const counts = reader.entries.has('counts')
    ? Float64Array.from(toNumbers(await reader.read('counts')))
    : undefined
  return { entry, rows, dimensions, words, offsets, counts }
}

function bytesOf(path: string, entry: SafetensorsEntry, { data }: NdArray): Buffer {
  if (entry.fileDtype === 'U8') return Buffer.from(Uint8Array.from(data as Int32Array).buffer)
  if (entry.fileDtype === 'I32') return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  throw invalid(path, 'tensor "words" does not hold bytes', 'U8, or I32 of four bytes each', shapeOf(entry))
}

function checkOffsets(path: string, offsets: Float64Array, bytes: number): void {
  let before = 0
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!
    if (!(offset >= before && offset <= bytes) || (i === 0 && offset !== 0))
      throw invalid(
        path,
        `offset ${i} of the words is wrong`,
        `a number from ${before} to ${bytes}`,
        String(offset),
      )
    before = offset
  }
}

/**
 * Reads a safetensors file of word vectors.
 *
 * @throws what {@link readSafetensorsLayout} throws
 */
export async function readSafetensorsVectors(
  path: string,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const reader = await openSafetensors(path)
  try {
    const layout = await readSafetensorsLayout(path, reader)
    report.rowsDeclared = layout.rows
    return await (layout.entry.fileDtype === 'F32'
      ? streamRows(path, layout, options, report)
      : takeRows(path, layout, toNumbers(await reader.read('vectors')), options, report))
  } finally {
    await reader.close()
  }
}

async function streamRows(
  path: string,
  layout: SafetensorsLayout,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const rowBytes = layout.dimensions * 4
  const stream = await openByteStream(path, layout.entry.position)
  try {
    return await collect(path, layout, options, report, async (_, matrix, at) => {
      if (!(await stream.need(rowBytes)))
        throw invalid(path, 'the file became shorter while it was read', undefined, undefined)
      if (matrix !== undefined) {
        const row = stream.buffer.subarray(stream.begin, stream.begin + rowBytes)
        new Uint8Array(matrix.buffer, at * 4, rowBytes).set(row)
      }
      stream.begin += rowBytes
    })
  } finally {
    await stream.close()
  }
}

function takeRows(
  path: string,
  layout: SafetensorsLayout,
  numbers: ArrayLike<number>,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const { dimensions } = layout
  return collect(path, layout, options, report, async (row, matrix, at) => {
    if (matrix === undefined) return
    for (let i = 0; i < dimensions; i++) matrix[at + i] = numbers[row * dimensions + i]!
  })
}

/** @param take - Puts row `row` into the matrix at `at`, or skips it. */
async function collect(
  path: string,
  layout: SafetensorsLayout,
  options: ReadVectorsOptions,
  report: ReportDraft,
  take: (row: number, matrix: Float32Array | undefined, at: number) => Promise<void>,
): Promise<WordVectors> {
  const { rows, words, offsets, counts } = layout
  const sink = new RowSink(layout.dimensions, options, report)
  sink.reserve(rows)
  const kept: number[] = []
  for (let row = 0; row < rows && !sink.full; row++) {
    const begin = offsets[row]!
    const end = offsets[row + 1]!
    if (!sink.wants(words, begin, end)) {
      report.rowsRead++
      await take(row, undefined, 0)
      continue
    }
    const at = sink.nextRow(row / rows)
    await take(row, sink.matrix, at)
    const before = sink.words.count
    sink.commit(words, begin, end, () => `${path}, row ${row + 1} of tensor "vectors"`)
    if (counts !== undefined && sink.words.count > before) kept.push(counts[row]!)
  }
  return sink.finish(counts === undefined ? undefined : Float64Array.from(kept))
}

/** Writes word vectors as safetensors, atomically; `metadata` is kept beside what elman says itself. */
export async function writeSafetensorsVectors(
  path: string,
  vectors: WordVectors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { count, dimensions, words } = vectors
  const offsets = new BigInt64Array(count + 1)
  const bytes = new Uint8Array(Math.ceil(words.byteLength / 4) * 4)
  let end = 0
  for (let index = 0; index < count; index++) {
    const word = words.bytesAt(index)
    bytes.set(word, end)
    end += word.length
    offsets[index + 1] = BigInt(end)
  }
  const tensors: [string, NdArray][] = [
    ['vectors', { dtype: 'float32', shape: [count, dimensions], data: vectors.matrix }],
    ['offsets', { dtype: 'int64', shape: [count + 1], data: offsets }],
    ['words', { dtype: 'int32', shape: [bytes.length / 4], data: new Int32Array(bytes.buffer) }],
  ]
  if (vectors.counts !== undefined)
    tensors.push(['counts', { dtype: 'float64', shape: [count], data: vectors.counts }])
  await writeSafetensors(path, tensors, { ...metadata, format: SAFETENSORS_KIND, version: '1' })
}

function shapeOf(entry: SafetensorsEntry): string {
  return `${entry.fileDtype} [${entry.shape.join(', ')}]`
}

function invalid(
  path: string,
  message: string,
  expected: string | undefined,
  found: string | undefined,
): ElmanError {
  return new ElmanError('EMBEDDING_FILE_PARTS_INVALID', {
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    where: path,
  })
}
