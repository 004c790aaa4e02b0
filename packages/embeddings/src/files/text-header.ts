/** What the first lines of a text file say: whether there is a header, and how many numbers a row has. */

import { ElmanError } from '@elman/core'
import type { ByteStream } from './byte-stream.ts'
import { isNumber } from './parse-numbers.ts'

/** Layout of a text file. */
export interface TextLayout {
  readonly dimensions: number
  /** Rows promised by the header; undefined without one. */
  readonly rows: number | undefined
  /** First byte of the window after the header. */
  readonly dataBegin: number
}

/** Begin, end and begin of the next line. */
type Line = readonly [number, number, number]

/** Lines that are looked at to find the number of numbers a row. */
const SAMPLE = 10

/**
 * Finds the layout. A header is a first line of two whole numbers whose second is how many numbers the second line
 * ends with. Without a header rows have as many numbers as most of the first lines end with.
 *
 * @param header - Whether there must be one, must be none, or the lines decide.
 * @throws `EMBEDDING_FILE_EMPTY`, `EMBEDDING_FILE_HEADER_INVALID`, `EMBEDDING_FILE_FORMAT_UNKNOWN`
 */
export async function readTextLayout(
  stream: ByteStream,
  header: 'required' | 'none' | 'detect',
  separator = 0x20,
): Promise<TextLayout> {
  const lines = await firstLines(stream)
  const first = lines[0]
  if (first === undefined)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', {
      message: 'the file holds no vectors',
      where: stream.path,
    })
  const trailing = lines.map(([begin, end]) => trailingNumbers(stream.buffer, begin, end, separator))
  const pair = header === 'none' ? undefined : headerPair(stream.buffer, first)
  if (pair !== undefined) {
    const [rows, dimensions] = pair
    const second = trailing[1]
    // "5 3" above "word 7" is a word called 5, of a file with one number a row.
    const plain = header === 'detect' && second === 1 && dimensions !== 1
    if (!plain) {
      checkPair(stream, rows, dimensions, second, header)
      return { rows, dimensions, dataBegin: first[2] }
    }
  }
  if (header === 'required') throw headerInvalid(stream, first)
  const dimensions = mostFrequent(trailing)
  if (dimensions === 0) throw notVectors(stream, first)
  return { dimensions, rows: undefined, dataBegin: stream.begin }
}

/** Begin, end and begin of the next line of each of the first lines that are not empty, in the window. */
async function firstLines(stream: ByteStream): Promise<Line[]> {
  const found: Line[] = [] // from stream.begin, which moves when the window is filled
  let from = 0
  while (found.length < SAMPLE) {
    const at = stream.begin + from
    const feed = at < stream.end ? stream.buffer.subarray(0, stream.end).indexOf(10, at) : -1
    if (feed < 0 && (await stream.fill())) continue
    const end = (feed < 0 ? stream.end : feed) - stream.begin
    if (from < end) found.push([from, end, feed < 0 ? end : end + 1])
    if (feed < 0) break
    from = end + 1
  }
  return found.map(([begin, end, next]) => [stream.begin + begin, stream.begin + end, stream.begin + next])
}

/** How many numbers a line ends with; its first field is a word in any case. */
export function trailingNumbers(bytes: Buffer, begin: number, end: number, separator: number): number {
  let numbers = 0
  let right = end
  if (right > begin && bytes[right - 1] === 0x0d) right--
  for (;;) {
    while (right > begin && bytes[right - 1] === separator) right--
    let left = right
    while (left > begin && bytes[left - 1] !== separator) left--
    if (left === right || (left === begin && separator === 0x20)) return numbers
    if (!isNumber(bytes, left, right)) return numbers
    numbers++
    right = left
  }
}

function headerPair(bytes: Buffer, [begin, end]: Line) {
  if (end - begin > 64) return undefined
  const match = /^ *(\d{1,15})[ \t]+(\d{1,15})[ \t]*\r?$/.exec(bytes.toString('latin1', begin, end))
  return match === null ? undefined : ([Number(match[1]), Number(match[2])] as const)
}

function checkPair(
  stream: ByteStream,
  rows: number,
  dimensions: number,
  second: number | undefined,
  header: 'required' | 'none' | 'detect',
): void {
  if (rows === 0)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', {
      message: 'the header says that the file holds no vectors',
      where: `${stream.path}, line 1`,
    })
  if (dimensions > 0 && (second === undefined || second === dimensions || second > dimensions)) return
  if (dimensions > 0 && header === 'required') return // the row will say so, with its word
  throw new ElmanError('EMBEDDING_FILE_HEADER_INVALID', {
    message: 'the header does not fit the rows',
    expected: `rows of ${dimensions} numbers, as line 1 says`,
    found: `${second ?? 0} numbers in line 2`,
    where: `${stream.path}, line 1`,
    hint: 'if line 1 is no header but a word and its vector, read the file as glove',
  })
}

function mostFrequent(values: readonly number[]): number {
  const times = new Map<number, number>()
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1)
  let best = values[0] ?? 0
  for (const [value, count] of times) if (count > times.get(best)!) best = value
  return best
}

function headerInvalid(stream: ByteStream, [begin, end]: Line): ElmanError {
  return new ElmanError('EMBEDDING_FILE_HEADER_INVALID', {
    message: 'the first line is no header',
    expected: 'two whole numbers: words and numbers a word',
    found: JSON.stringify(stream.buffer.toString('utf8', begin, Math.min(end, begin + 60))),
    where: `${stream.path}, line 1`,
    hint: 'files of GloVe have no header: read the file as glove',
  })
}

function notVectors(stream: ByteStream, [begin, end]: Line): ElmanError {
  return new ElmanError('EMBEDDING_FILE_FORMAT_UNKNOWN', {
    message: 'the file is none of the known formats of word vectors',
    expected: 'lines of a word and its numbers, divided by single spaces, or a binary format',
    found: JSON.stringify(stream.buffer.toString('utf8', begin, Math.min(end, begin + 60))),
    where: `${stream.path}, line 1`,
    hint: 'columns divided by tabs are read as projector',
  })
}
