/**
 * Files of the TensorBoard projector: `tensors.tsv`, numbers divided by tabs without a header; `metadata.tsv`, a label a
 * line, with a header line only if there are several columns; `projector_config.json`, which names both.
 */

import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ElmanError, fileError, writeFileAtomically } from '@elman/core'
import { WordTable } from '../words/word-table.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { addWord } from './add-word.ts'
import { openByteStream } from './byte-stream.ts'
import type { NumberStyle } from './format-numbers.ts'
import { numberFailure, parseNumbers } from './parse-numbers.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'
import { textPieces } from './write-text.ts'

const TAB = 9
const CONFIG = 'projector_config.json'

/** Words of a metadata file, one a row of the tensor. */
interface Labels {
  readonly table: WordTable
  readonly lines: readonly number[]
  readonly counts: readonly number[] | undefined
}

/**
 * Reads a projector: a folder, its `projector_config.json`, or a file of tensors with `metadata.tsv` beside it (another
 * by option `vocabulary`).
 *
 * @throws `EMBEDDING_FILE_PARTS_INVALID`, `EMBEDDING_FILE_ROW_INVALID`, `FILE_UNREADABLE`
 */
export async function readProjector(
  path: string,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const parts = await locate(path, options.vocabulary)
  const labels = await readLabels(parts.metadata)
  const stream = await openByteStream(parts.tensors)
  try {
    const first = await stream.findLineEnd()
    const dimensions = fields(stream.buffer, stream.begin, first < 0 ? stream.end : first)
    const sink = new RowSink(dimensions, options, report)
    const rows = labels.lines.length
    if (rows * (2 * dimensions - 1) > stream.size + 1)
      throw unequal(parts, rows, `a file of ${stream.size} bytes`)
    report.rowsDeclared = rows
    sink.reserve(rows)
    const failure = numberFailure()
    const kept: number[] = []
    let row = 0
    for (; !sink.full; row++) {
      const feed = await stream.findLineEnd()
      if (feed < 0 && stream.available === 0) break
      const lineEnd = feed < 0 ? stream.end : feed
      const end = lineEnd > stream.begin && stream.buffer[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd
      if (row >= rows) throw unequal(parts, rows, 'more')
      const place = () => `${parts.tensors}, line ${row + 1} (byte ${stream.position})`
      const at = sink.nextRow(row / rows)
      if (!parseNumbers(stream.buffer, stream.begin, end, sink.matrix, at, dimensions, failure, TAB))
        throw rowInvalid(dimensions, failure.numbers, place())
      const bytes = labels.table.bytesAt(labels.lines[row]!)
      const word = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      if (sink.wants(word, 0, word.length)) {
        const before = sink.words.count
        sink.commit(word, 0, word.length, place)
        if (sink.words.count > before) kept.push(labels.counts?.[row] ?? 0)
      } else report.rowsRead++
      stream.begin = feed < 0 ? stream.end : feed + 1
    }
    if (row < rows && !sink.full) throw unequal(parts, rows, String(row))
    return sink.finish(labels.counts === undefined ? undefined : Float64Array.from(kept))
  } finally {
    await stream.close()
  }
}

interface Parts {
  readonly tensors: string
  readonly metadata: string
}

async function locate(path: string, metadata: string | undefined): Promise<Parts> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  const folder = isFolder ? path : dirname(path)
  const config = isFolder ? join(path, CONFIG) : basename(path) === CONFIG ? path : undefined
  const named = config === undefined ? undefined : await readConfig(config, folder)
  const tensors = named?.tensors ?? (isFolder ? join(path, 'tensors.tsv') : path)
  return { tensors, metadata: metadata ?? named?.metadata ?? join(folder, 'metadata.tsv') }
}

/** The files that the config names; undefined without a config. Only names beside it are followed. */
async function readConfig(path: string, folder: string): Promise<Partial<Parts> | undefined> {
  let text: string
  try {
    if ((await stat(path)).size > 2 ** 20) throw configInvalid(path, 'more than 1 MiB')
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw fileError('read', path, error)
  }
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch (error) {
    throw configInvalid(path, (error as Error).message)
  }
  const first = (config as { embeddings?: Record<string, unknown>[] } | null)?.embeddings?.[0]
  const { tensorPath, metadataPath } = first ?? {}
  return {
    ...(typeof tensorPath === 'string' ? { tensors: join(folder, basename(tensorPath)) } : {}),
    ...(typeof metadataPath === 'string' ? { metadata: join(folder, basename(metadataPath)) } : {}),
  }
}

/** Labels are the first column. With a header, a column `count` is read too. */
async function readLabels(path: string): Promise<Labels> {
  const stream = await openByteStream(path)
  try {
    const table = new WordTable()
    const lines: number[] = []
    let countColumn = -1
    const counts: number[] = []
    for (let line = 0; ; line++) {
      const feed = await stream.findLineEnd()
      if (feed < 0 && stream.available === 0) break
      const end = feed < 0 ? stream.end : feed
      const cut = end > stream.begin && stream.buffer[end - 1] === 13 ? end - 1 : end
      const tab = stream.buffer.subarray(0, cut).indexOf(TAB, stream.begin)
      const columns = tab < 0 ? [] : stream.buffer.toString('utf8', stream.begin, cut).split('\t')
      if (line === 0 && columns.length > 1) countColumn = columns.indexOf('count')
      else {
        lines.push(
          addWord(table, stream.buffer, stream.begin, tab < 0 ? cut : tab, () => `${path}, line ${line + 1}`),
        )
        if (countColumn > 0) counts.push(Number(columns[countColumn] ?? 0))
      }
      stream.begin = feed < 0 ? stream.end : feed + 1
    }
    return { table, lines, counts: countColumn > 0 && counts.every(Number.isFinite) ? counts : undefined }
  } finally {
    await stream.close()
  }
}

function fields(bytes: Buffer, begin: number, end: number): number {
  let count = 1
  for (let i = begin; i < end; i++) if (bytes[i] === TAB) count++
  return count
}

/** Writes a folder (that must exist) with the three files; tabs and line ends in words become spaces. */
export async function writeProjector(
  folder: string,
  vectors: WordVectors,
  numbers: NumberStyle,
): Promise<void> {
  const style = {
    header: false,
    numbers,
    separator: '\t',
    trailing: false,
    words: false,
    rule: 'keep',
  } as const
  await writeFileAtomically(join(folder, 'tensors.tsv'), textPieces(vectors, style))
  await writeFileAtomically(join(folder, 'metadata.tsv'), labelPieces(vectors))
  const entry = {
    tensorName: 'word vectors',
    tensorShape: [vectors.count, vectors.dimensions],
    tensorPath: 'tensors.tsv',
    metadataPath: 'metadata.tsv',
  }
  await writeFileAtomically(join(folder, CONFIG), `${JSON.stringify({ embeddings: [entry] }, null, 2)}\n`)
}

function* labelPieces({ words, counts, count }: WordVectors): Generator<Uint8Array> {
  if (counts !== undefined) yield Buffer.from('word\tcount\n')
  for (let index = 0; index < count; index++) {
    const word = words.bytesAt(index).map(byte => (byte === TAB || byte === 10 || byte === 13 ? 0x20 : byte))
    yield Buffer.concat([word, Buffer.from(counts === undefined ? '\n' : `\t${counts[index]}\n`)])
  }
}

function unequal({ tensors, metadata }: Parts, rows: number, found: string): ElmanError {
  return new ElmanError('EMBEDDING_FILE_PARTS_INVALID', {
    message: 'the projector files do not fit together',
    expected: `${rows} rows, one a label of ${metadata}`,
    found,
    where: tensors,
    hint: 'metadata of several columns has a header line, of one column none',
  })
}

function rowInvalid(dimensions: number, numbers: number, where: string): ElmanError {
  return new ElmanError('EMBEDDING_FILE_ROW_INVALID', {
    message: 'a row does not hold the numbers that it should',
    expected: `${dimensions} numbers divided by tabs, as in line 1`,
    found: `${numbers} numbers, then something else`,
    where,
  })
}

function configInvalid(path: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_FILE_PARTS_INVALID', {
    message: 'the projector config is not JSON of the usual form',
    expected: '{ "embeddings": [{ "tensorPath", "metadataPath" }] }',
    found,
    where: path,
  })
}
