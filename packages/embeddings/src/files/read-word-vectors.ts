/** Reads a file of word vectors, whatever its format. */

import { stat } from 'node:fs/promises'
import type { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { type ByteStream, openByteStream } from './byte-stream.ts'
import { detectFormat, mismatch } from './detect-format.ts'
import { readFastTextVectors } from './fasttext-vectors.ts'
import { FORMAT_TITLES, type WordVectorFormat } from './formats.ts'
import { readNpyVectors } from './npy-vectors.ts'
import { readProjector } from './projector.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import { draftReport, finishReport, type ReadReport, type ReportDraft } from './read-report.ts'
import { readSafetensorsVectors } from './safetensors-vectors.ts'
import { readTextRows } from './text-rows.ts'
import { readVocabularyFile } from './vocabulary-file.ts'
import { readBinaryRows } from './word2vec-binary.ts'

/** Vectors, and what was found in their file. */
export interface ReadVectors {
  readonly vectors: WordVectors
  readonly report: ReadReport
}

/**
 * Reads word vectors into one matrix: memory is the matrix and the words' letters, whatever the size of the file. The
 * format is told from the file itself; gzip is unpacked for the text formats and word2vec binary.
 *
 * @param path - A file, or the folder of a TensorBoard projector.
 * @throws the `EMBEDDING_FILE_*` codes, naming the line or byte; `FILE_UNREADABLE`; of a safetensors file the
 * `SAFETENSORS_*` codes.
 */
export async function readWordVectors(path: string, options: ReadVectorsOptions = {}): Promise<ReadVectors> {
  const asked = options.format ?? 'auto'
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  const stream = isFolder ? undefined : await openByteStream(path, 0, options.allowTruncated)
  try {
    const marked = stream !== undefined && (await skipByteOrderMark(stream))
    const format = stream === undefined ? 'projector' : await detectFormat(stream, asked)
    const report = draftReport(path, format)
    report.byteOrderMark = marked
    const vectors = await readFormat(path, format, stream, options, report)
    const counted = await withCounts(vectors, format, options)
    return { vectors: counted, report: finishReport(report) }
  } finally {
    await stream?.close()
  }
}

/** Moves behind the three bytes that some Windows programs put in front of UTF-8. */
async function skipByteOrderMark(stream: ByteStream): Promise<boolean> {
  const [first, second, third] = (await stream.need(3)) ? stream.buffer : []
  if (first !== 0xef || second !== 0xbb || third !== 0xbf) return false
  stream.begin += 3
  return true
}

async function readFormat(
  path: string,
  format: WordVectorFormat,
  stream: ByteStream | undefined,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  if (stream?.compressed === true && ['npy', 'safetensors', 'fasttext-bin', 'projector'].includes(format))
    throw mismatch(
      stream,
      `${FORMAT_TITLES[format]} packed by gzip`,
      undefined,
      'unpack it first: gunzip FILE',
    )
  switch (format) {
    case 'word2vec-binary':
      return (await readBinaryRows(stream!, options, report)).finish()
    case 'npy':
      return readNpyVectors(stream!, options, report)
    case 'projector':
      return readProjector(path, options, report)
    case 'fasttext-bin':
      return readFastTextVectors(path, options, report)
    case 'safetensors':
      return readSafetensorsVectors(path, options, report)
    default:
      return readText(path, format, stream!, options, report)
  }
}

/** Text with or without a header; where nobody named the format the lines decide. */
async function readText(
  path: string,
  format: WordVectorFormat,
  stream: ByteStream,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<WordVectors> {
  const named = options.format !== undefined && options.format !== 'auto'
  const header = format === 'glove' ? 'none' : named ? 'required' : 'detect'
  const sink = await readTextRows(stream, header, options, report, () => countLines(path))
  if (report.rowsDeclared === undefined) report.format = 'glove'
  return sink.finish()
}

/** Lines of a file that is not packed. */
async function countLines(path: string): Promise<number> {
  const stream = await openByteStream(path)
  try {
    let lines = 1
    do {
      const bytes = stream.buffer.subarray(stream.begin, stream.end)
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
      stream.begin = stream.end
    } while (await stream.fill())
    return lines
  } finally {
    await stream.close()
  }
}

/** Adds the counts of a vocabulary file; words that it lacks count 0. */
async function withCounts(
  vectors: WordVectors,
  format: WordVectorFormat,
  { vocabulary }: ReadVectorsOptions,
): Promise<WordVectors> {
  if (vocabulary === undefined || format === 'npy' || format === 'projector') return vectors
  const file = await readVocabularyFile(vocabulary)
  if (file.counts === undefined) return vectors
  const counts = countsOf(vectors.words, file.words, file.lines, file.counts)
  const { words, dimensions, matrix } = vectors
  return new WordVectors({ words, dimensions, matrix, counts })
}

function countsOf(
  words: WordTable,
  listed: WordTable,
  lines: Int32Array,
  counts: Float64Array,
): Float64Array {
  const result = new Float64Array(words.count)
  lines.forEach((index, line) => {
    const word = listed.bytesAt(index)
    const row = words.indexOfBytes(word, 0, word.length)
    if (row >= 0) result[row] = counts[line]!
  })
  return result
}
