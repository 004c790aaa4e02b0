/**
 * The binary format of word2vec.c: `words dimensions LF`, then for each word its bytes, a space, and little-endian
 * float32. The C tool puts an LF after each vector, others do not; it is dropped in front of the word it precedes,
 * never by position, because a vector may begin with the same byte.
 */

import { ElmanError } from '@elman/core'
import { createProgressMeter } from '../progress/embedding-progress.ts'
import { MAXIMUM_WORD_BYTES } from '../words/word-table.ts'
import type { ByteStream } from './byte-stream.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'

/** Longest header that is looked for. */
const HEADER_BYTES = 64
const REPORT_EVERY = 2 ** 22

/** Words and dimensions. */
export interface BinaryHeader {
  readonly rows: number
  readonly dimensions: number
}

/**
 * Reads the header and checks it against the size of the file.
 *
 * @throws `EMBEDDING_FILE_HEADER_INVALID`, `EMBEDDING_FILE_TRUNCATED`, `EMBEDDING_FILE_EMPTY`
 */
export async function readBinaryHeader(stream: ByteStream, allowTruncated: boolean): Promise<BinaryHeader> {
  await stream.need(HEADER_BYTES)
  const end = Math.min(stream.end, stream.begin + HEADER_BYTES)
  const text = stream.buffer.toString('latin1', stream.begin, end)
  const match = /^ *(\d{1,15}) +(\d{1,15}) *\r?\n/.exec(text)
  if (match === null)
    throw new ElmanError('EMBEDDING_FILE_HEADER_INVALID', {
      message: 'the file does not begin like word2vec binary',
      expected: 'two whole numbers, words and numbers a word, and a line end',
      found: JSON.stringify(text.slice(0, 40)),
      where: `${stream.path}, byte 0`,
    })
  stream.begin += match[0].length
  const header = { rows: Number(match[1]), dimensions: Number(match[2]) }
  const { rows, dimensions } = header
  if (rows === 0 || dimensions === 0)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', {
      message: 'the header says that the file holds no vectors',
      found: `${rows} words of ${dimensions} numbers`,
      where: `${stream.path}, byte 0`,
    })
  if (!stream.compressed) checkRoom(stream, header, allowTruncated)
  return header
}

/** The fewest bytes of a row: a space and the numbers. */
function fewestBytes(dimensions: number): number {
  return 1 + 4 * dimensions
}

function checkRoom(stream: ByteStream, { rows, dimensions }: BinaryHeader, allowTruncated: boolean): void {
  const possible = Math.floor((stream.size - stream.position) / fewestBytes(dimensions))
  if (rows <= possible || (allowTruncated && possible > 0)) return
  throw new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: 'the header promises more rows than the file has room for',
    expected: `${rows} words of ${dimensions} float32`,
    found: `${stream.size} bytes, at most ${possible} rows`,
    where: `${stream.path}, byte 0`,
    hint: 'was the file cut off? allowTruncated reads the rows that are there',
  })
}

/**
 * Finds the word that begins here: moves behind LFs and gives the index of the space in the window; −1 when the file
 * ends before it.
 *
 * @param row - Number of the row, from 1, for errors.
 * @throws `EMBEDDING_WORD_TOO_LONG`
 */
export async function findBinaryWord(stream: ByteStream, row: number): Promise<number> {
  for (;;) {
    while (stream.begin < stream.end && stream.buffer[stream.begin] === 10) stream.begin++
    if (stream.available > 0 || !(await stream.fill())) break
  }
  for (;;) {
    const space = stream.buffer.indexOf(0x20, stream.begin)
    if (space >= 0 && space < stream.end) return space
    if (stream.available > MAXIMUM_WORD_BYTES)
      throw new ElmanError('EMBEDDING_WORD_TOO_LONG', {
        message: `no space ends the word of row ${row}`,
        expected: `at most ${MAXIMUM_WORD_BYTES} bytes`,
        where: `${stream.path}, row ${row} (byte ${stream.position})`,
        hint: 'a word with a space, or a wrong number of dimensions, puts all later rows out of step',
      })
    if (!(await stream.fill())) return -1
  }
}

/**
 * Reads the rows of a word2vec binary file.
 *
 * @throws what {@link readBinaryHeader}, {@link findBinaryWord} and {@link RowSink.commit} throw.
 */
export async function readBinaryRows(
  stream: ByteStream,
  options: ReadVectorsOptions,
  report: ReportDraft,
): Promise<RowSink> {
  const allowTruncated = options.allowTruncated === true
  const { rows, dimensions } = await readBinaryHeader(stream, allowTruncated)
  report.rowsDeclared = rows
  report.compressed = stream.compressed
  const sink = new RowSink(dimensions, options, report)
  const rowBytes = 4 * dimensions
  if (!stream.compressed)
    sink.reserve(Math.min(rows, Math.floor((stream.size - stream.position) / fewestBytes(dimensions))))
  const progress = createProgressMeter('read vectors', 'bytes', stream.size, options.onProgress)
  let reported = 0
  for (let row = 1; row <= rows && !sink.full; row++) {
    const space = await findBinaryWord(stream, row)
    const length = space - stream.begin
    if (space < 0 || !(await stream.need(length + 1 + rowBytes))) {
      if (!allowTruncated) throw endsEarly(stream, row, rows)
      report.truncated = true
      break
    }
    const { buffer, begin } = stream
    const numbers = begin + length + 1
    if (sink.wants(buffer, begin, begin + length)) {
      const at = sink.nextRow(stream.size === 0 ? 0 : stream.consumed / stream.size)
      const target = new Uint8Array(sink.matrix.buffer, at * 4, rowBytes)
      target.set(buffer.subarray(numbers, numbers + rowBytes))
      sink.commit(
        buffer,
        begin,
        begin + length,
        () => `${stream.path}, row ${row} (byte ${stream.positionOf(begin)})`,
      )
    } else report.rowsRead++
    stream.begin = numbers + rowBytes
    if (stream.position - reported < REPORT_EVERY) continue
    reported = stream.position
    progress(stream.consumed)
  }
  if (!sink.full && !report.truncated) report.rowsBeyondHeader = await countRest(stream, rows + 1, rowBytes)
  progress(stream.size)
  return sink
}

/** Rows behind the last one that was promised, as far as they look like rows; 1 for any other left-over. */
async function countRest(stream: ByteStream, first: number, rowBytes: number): Promise<number> {
  for (let row = first; ; row++) {
    const space = await findBinaryWord(stream, row).catch(() => -1)
    if (space < 0) return row - first + (row === first && stream.available > 0 ? 1 : 0)
    if (!(await stream.need(space - stream.begin + 1 + rowBytes))) return Math.max(1, row - first)
    stream.begin += stream.buffer.indexOf(0x20, stream.begin) - stream.begin + 1 + rowBytes
  }
}

function endsEarly(stream: ByteStream, row: number, rows: number): ElmanError {
  return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: `the file ends within row ${row} of ${rows}`,
    expected: `${rows} rows, as the header says`,
    found: `the end of the file at byte ${stream.positionOf(stream.end)}`,
    where: `${stream.path}, row ${row} (byte ${stream.position})`,
    hint: 'was the file cut off? allowTruncated reads the rows before',
  })
}
