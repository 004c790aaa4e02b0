/** Reads fastText's .bin files, unsupervised and supervised, whole or quantised. */

import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import { MAXIMUM_WORD_BYTES, WordTable } from '../words/word-table.ts'
import { BinaryReader } from './binary-reader.ts'
import { openByteStream } from './byte-stream.ts'
import { detectFormat, mismatch } from './detect-format.ts'
import {
  decodeArguments,
  FASTTEXT_HEAD_BYTES,
  type FastTextArguments,
  fastTextInvalid,
} from './fasttext-arguments.ts'
import { readDenseMatrix, readQuantisedMatrix, skipDenseMatrix } from './fasttext-matrix.ts'
import { FastTextModel, type FastTextParts } from './fasttext-model.ts'

/** How a .bin file is read. */
export interface ReadFastTextOptions {
  /** Whether to read the output matrix too (default); vectors do not need it, writing does. */
  readonly output?: boolean
  readonly onProgress?: OnProgress
}

/**
 * Reads a fastText .bin file of version 11 or 12.
 *
 * @throws `EMBEDDING_FILE_FORMAT_MISMATCH` for another kind of file, `EMBEDDING_FASTTEXT_VERSION`,
 * `EMBEDDING_FASTTEXT_INVALID`, `EMBEDDING_FILE_TRUNCATED`, `EMBEDDING_FILE_TOO_LARGE`, `FILE_UNREADABLE`
 */
export async function readFastText(path: string, options: ReadFastTextOptions = {}): Promise<FastTextModel> {
  const stream = await openByteStream(path)
  try {
    await detectFormat(stream, 'fasttext-bin')
    if (stream.compressed)
      throw mismatch(stream, 'a fastText .bin packed by gzip', undefined, 'unpack it first: gunzip FILE')
    const reader = new BinaryReader(
      stream,
      createProgressMeter('read model', 'bytes', stream.size, options.onProgress),
    )
    const settings = decodeArguments(await reader.take(FASTTEXT_HEAD_BYTES, 'the settings'), path)
    const dictionary = await readDictionary(reader)
    const matrices = await readMatrices(reader, settings, dictionary, options.output ?? true)
    if (reader.rest > 0)
      throw fastTextInvalid(
        path,
        reader.position,
        'bytes follow the last matrix',
        'the end of the file',
        `${reader.rest} bytes`,
      )
    return new FastTextModel({ settings, ...dictionary, ...matrices })
  } finally {
    await stream.close()
  }
}

type Dictionary = Pick<FastTextParts, 'words' | 'counts' | 'tokens' | 'labels' | 'labelCounts' | 'pruned'>

/** Fewest bytes of an entry: the end of its word, its count and its kind. */
const ENTRY_BYTES = 1 + 8 + 1

async function readDictionary(reader: BinaryReader): Promise<Dictionary> {
  const { path } = reader.stream
  const at = reader.position
  const size = await reader.int32('the dictionary')
  const wordCount = await reader.int32('the dictionary')
  const labelCount = await reader.int32('the dictionary')
  const tokens = await reader.int64('the dictionary')
  const prunedSize = await reader.int64('the dictionary')
  if (wordCount < 0 || labelCount < 0 || size !== wordCount + labelCount || size === 0)
    throw fastTextInvalid(
      path,
      at,
      'the sizes of the dictionary are wrong',
      'words + labels',
      `${size} = ${wordCount} + ${labelCount}`,
    )
  reader.require(size * ENTRY_BYTES, 'the dictionary')
  const words = new WordTable()
  const counts = new Float64Array(wordCount)
  const labels = new WordTable()
  const labelCounts = new Float64Array(labelCount)
  for (let entry = 0; entry < size; entry++) {
    const isLabel = entry >= wordCount
    const place = isLabel ? entry - wordCount : entry
    ;(isLabel ? labelCounts : counts)[place] = await readEntry(
      reader,
      isLabel ? labels : words,
      entry,
      isLabel,
    )
  }
  const pruned = prunedSize < 0 ? undefined : await readPruned(reader, prunedSize)
  return { words, counts, tokens, labels, labelCounts, pruned }
}

/** Adds the entry's word to its table and gives its count. */
async function readEntry(
  reader: BinaryReader,
  table: WordTable,
  entry: number,
  isLabel: boolean,
): Promise<number> {
  const { stream } = reader
  const at = reader.position
  const end = await findNul(reader, entry)
  const length = end - stream.begin
  const count = table.count
  table.addBytes(stream.buffer, stream.begin, end)
  if (table.count === count)
    throw fastTextInvalid(
      stream.path,
      at,
      `entry ${entry + 1} of the dictionary repeats a word`,
      'each word once',
      '',
    )
  const bytes = await reader.take(length + ENTRY_BYTES, `entry ${entry + 1} of the dictionary`)
  const occurrences = Number(bytes.readBigInt64LE(length + 1))
  const kind = bytes[length + 9]
  if (kind !== (isLabel ? 1 : 0))
    throw fastTextInvalid(
      stream.path,
      at,
      `entry ${entry + 1} of the dictionary is of the wrong kind`,
      'words (0) first, then labels (1)',
      String(kind),
    )
  return occurrences
}

/** Index in the window of the NUL that ends the word here. */
async function findNul({ stream }: BinaryReader, entry: number): Promise<number> {
  for (;;) {
    const found = stream.buffer.subarray(0, stream.end).indexOf(0, stream.begin)
    if (found >= 0 && found - stream.begin <= MAXIMUM_WORD_BYTES) return found
    if (stream.available <= MAXIMUM_WORD_BYTES && (await stream.fill())) continue
    const message = `the word of entry ${entry + 1} of the dictionary has no end`
    throw fastTextInvalid(
      stream.path,
      stream.position,
      message,
      `a NUL within ${MAXIMUM_WORD_BYTES} bytes`,
      'none',
    )
  }
}

async function readPruned(reader: BinaryReader, size: number): Promise<Map<number, number>> {
  reader.require(size * 8, 'the table of kept n-grams')
  const pruned = new Map<number, number>()
  for (let i = 0; i < size; i++) {
    const at = reader.position
    const pair = await reader.take(8, 'the table of kept n-grams')
    const bucket = pair.readInt32LE(0)
    const place = pair.readInt32LE(4)
    if (place < 0 || place >= size || bucket < 0 || pruned.has(bucket))
      throw fastTextInvalid(
        reader.stream.path,
        at,
        'a kept n-gram is wrong',
        `a row from 0 to ${size - 1}`,
        `${bucket}: ${place}`,
      )
    pruned.set(bucket, place)
  }
  return pruned
}

async function readMatrices(
  reader: BinaryReader,
  { dimensions, buckets }: FastTextArguments,
  { words, pruned }: Dictionary,
  withOutput: boolean,
): Promise<Pick<FastTextParts, 'input' | 'output'>> {
  const { path } = reader.stream
  const at = reader.position
  const quantised = await reader.boolean('the input matrix')
  const input = await (quantised ? readQuantisedMatrix : readDenseMatrix)(
    reader,
    dimensions,
    'the input matrix',
  )
  const rows = words.count + (pruned === undefined ? buckets : pruned.size)
  if (input.rows !== rows)
    throw fastTextInvalid(
      path,
      at,
      'the input matrix does not fit the dictionary',
      `${rows} rows`,
      `${input.rows}`,
    )
  const quantisedOutput = (await reader.boolean('the output matrix')) && quantised
  if (quantisedOutput)
    return { input, output: await readQuantisedMatrix(reader, dimensions, 'the output matrix') }
  if (withOutput) return { input, output: await readDenseMatrix(reader, dimensions, 'the output matrix') }
  await skipDenseMatrix(reader, dimensions, 'the output matrix')
  return { input, output: undefined }
}
