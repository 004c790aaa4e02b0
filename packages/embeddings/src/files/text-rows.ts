/** Rows of text: a word and its numbers, divided by spaces, a row a line. Lines end with LF; a CR before it is dropped. */

import { ElmanError } from '@elman/core'
import { createProgressMeter } from '../progress/embedding-progress.ts'
import type { ByteStream } from './byte-stream.ts'
import { isNumber, numberFailure, parseNumbers } from './parse-numbers.ts'
import type { ReadVectorsOptions } from './read-options.ts'
import type { ReportDraft } from './read-report.ts'
import { RowSink } from './row-sink.ts'
import { readTextLayout } from './text-header.ts'

/** Files larger than this have their lines counted before, so that the matrix never has to be moved. */
const COUNT_FROM = 2 ** 25
/** Bytes between two progress reports. */
const REPORT_EVERY = 2 ** 22

/**
 * Reads the rows of a text format.
 *
 * @throws the `EMBEDDING_FILE_*` codes that speak of lines.
 */
export async function readTextRows(
  stream: ByteStream,
  header: 'required' | 'none' | 'detect',
  options: ReadVectorsOptions,
  report: ReportDraft,
  countLines: () => Promise<number>,
): Promise<RowSink> {
  const layout = await readTextLayout(stream, header)
  const { dimensions, rows } = layout
  report.rowsDeclared = rows
  report.compressed = stream.compressed
  const sink = new RowSink(dimensions, options, report)
  const begin = stream.begin
  stream.begin = layout.dataBegin
  const fewest = 2 * dimensions + 1 // " 0" a number and the line's end
  if (rows !== undefined && !stream.compressed) {
    const possible = Math.ceil((stream.size - stream.position + 1) / fewest)
    if (rows > possible && options.allowTruncated !== true) throw headerLies(stream, rows, possible)
    sink.reserve(Math.min(rows, possible))
  } else if (rows === undefined && !stream.compressed && stream.size > COUNT_FROM) {
    sink.reserve(Math.min(await countLines(), Math.ceil(stream.size / fewest)))
  }
  await new TextRows(
    stream,
    sink,
    options,
    report,
    rows === undefined ? 0 : countLineFeeds(stream, begin),
  ).run()
  return sink
}

function countLineFeeds(stream: ByteStream, begin: number): number {
  let lines = 0
  for (let i = begin; i < stream.begin; i++) if (stream.buffer[i] === 10) lines++
  return lines
}

/** The loop over lines, with what its errors need to know. */
class TextRows {
  readonly #stream: ByteStream
  readonly #sink: RowSink
  readonly #options: ReadVectorsOptions
  readonly #report: ReportDraft
  /** Number of the current line, from 1. */
  #line: number
  #begin = 0
  readonly #failure = numberFailure()

  constructor(
    stream: ByteStream,
    sink: RowSink,
    options: ReadVectorsOptions,
    report: ReportDraft,
    line: number,
  ) {
    this.#stream = stream
    this.#sink = sink
    this.#options = options
    this.#report = report
    this.#line = line
  }

  async run(): Promise<void> {
    const stream = this.#stream
    const report = this.#report
    const progress = createProgressMeter('read vectors', 'bytes', stream.size, this.#options.onProgress)
    const declared = report.rowsDeclared ?? Number.POSITIVE_INFINITY
    let rows = 0
    let reported = 0
    while (!this.#sink.full) {
      const feed = await this.#lineFeed()
      const end = feed < 0 ? stream.end : feed
      this.#begin = stream.begin
      if (feed < 0 && stream.available === 0) break
      this.#line++
      if (isBlank(stream.buffer, stream.begin, end)) report.blankLines++
      else if (rows >= declared) report.rowsBeyondHeader++
      else if (this.#row(stream.begin, end, feed < 0)) rows++
      stream.begin = feed < 0 ? stream.end : feed + 1
      if (stream.position - reported < REPORT_EVERY) continue
      reported = stream.position
      progress(stream.consumed)
    }
    progress(stream.size)
    if (rows < declared && !this.#sink.full && declared !== Number.POSITIVE_INFINITY)
      this.#endsEarly(rows, declared)
  }

  /** Without waiting while the line is in the window. */
  #lineFeed(): number | Promise<number> {
    const { buffer, begin, end } = this.#stream
    const found = buffer.indexOf(10, begin)
    return found >= 0 && found < end ? found : this.#stream.findLineEnd()
  }

  /** Reads one line; false when it is the torn last one. */
  #row(begin: number, lineEnd: number, last: boolean): boolean {
    const { buffer } = this.#stream
    const sink = this.#sink
    const { dimensions } = sink
    const end = lineEnd > begin && buffer[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd
    let wordEnd = buffer.indexOf(0x20, begin)
    if (wordEnd < 0 || wordEnd > end) wordEnd = end
    const at = sink.nextRow(this.#stream.size === 0 ? 0 : this.#stream.consumed / this.#stream.size)
    if (sink.picks) {
      const right = wordEndFromRight(buffer, begin, end, dimensions)
      if (right >= 0 && !sink.wants(buffer, begin, right)) {
        this.#report.rowsRead++
        return true
      }
    }
    if (!parseNumbers(buffer, wordEnd, end, sink.matrix, at, dimensions, this.#failure)) {
      wordEnd = wordEndFromRight(buffer, begin, end, dimensions)
      if (wordEnd < 0 || !parseNumbers(buffer, wordEnd, end, sink.matrix, at, dimensions, this.#failure)) {
        if (last && this.#options.allowTruncated === true) {
          this.#report.truncated = true
          return false
        }
        throw this.#rowInvalid(begin, end, last)
      }
      this.#checkSpaces(begin, wordEnd)
    }
    sink.commit(buffer, begin, wordEnd, () => this.#place())
    return true
  }

  /** A word with spaces may be a word, or one with a number too many. */
  #checkSpaces(begin: number, end: number): void {
    const rule = this.#options.spacesInWords ?? 'detect'
    const { buffer } = this.#stream
    const space = buffer.lastIndexOf(0x20, end - 1)
    if (rule === 'allow' || space < begin || end === begin) return
    const field = buffer.toString('latin1', space + 1, end)
    if (rule === 'detect' && !(isNumber(buffer, space + 1, end) && /[.eE]/.test(field))) return
    const word = buffer.toString('utf8', begin, Math.min(end, begin + 60))
    throw new ElmanError(rule === 'detect' ? 'EMBEDDING_FILE_ROW_INVALID' : 'EMBEDDING_FILE_WORD_SPACES', {
      message:
        rule === 'detect' ? 'a row has too many numbers' : `the word ${JSON.stringify(word)} holds a space`,
      expected: `a word and ${this.#sink.dimensions} numbers`,
      found: `${JSON.stringify(word)} before the last ${this.#sink.dimensions} numbers`,
      where: this.#place(),
      hint: "if these are words with spaces, read the file with spacesInWords: 'allow'",
    })
  }

  #place(): string {
    return `${this.#stream.path}, line ${this.#line} (byte ${this.#stream.positionOf(this.#begin)})`
  }

  #rowInvalid(begin: number, end: number, last: boolean): ElmanError {
    const { buffer } = this.#stream
    const { dimensions } = this.#sink
    let space = buffer.indexOf(0x20, begin)
    if (space < 0 || space > end) space = end
    const word = JSON.stringify(buffer.toString('utf8', begin, Math.min(space, begin + 60)))
    const failure = this.#failure
    parseNumbers(buffer, space, end, new Float32Array(dimensions), 0, dimensions, failure)
    const { problem, numbers, at } = failure
    let stop = buffer.indexOf(0x20, at)
    if (stop < 0 || stop > end) stop = end
    const field = JSON.stringify(buffer.toString('utf8', at, Math.min(stop, at + 40)))
    const tooFew = problem === 'too-few'
    return new ElmanError(last && tooFew ? 'EMBEDDING_FILE_TRUNCATED' : 'EMBEDDING_FILE_ROW_INVALID', {
      message: tooFew
        ? `the row of ${word} has too few numbers`
        : `the row of ${word} holds something else than numbers`,
      expected: `${dimensions} numbers after the word`,
      found: tooFew ? String(numbers) : `${field} as number ${numbers + 1}`,
      where: this.#place(),
      ...(last && tooFew ? { hint: 'was the file cut off? allowTruncated reads the rows before' } : {}),
    })
  }

  #endsEarly(rows: number, declared: number): void {
    if (this.#options.allowTruncated === true) {
      this.#report.truncated = true
      return
    }
    throw new ElmanError('EMBEDDING_FILE_TRUNCATED', {
      message: 'the file ends too early, or its header counts too many rows',
      expected: `${declared} rows, as line 1 says`,
      found: `${rows}`,
      where: `${this.#stream.path}, after line ${this.#line} (byte ${this.#stream.position})`,
      hint: 'was the file cut off? allowTruncated reads the rows that are there',
    })
  }
}

function isBlank(bytes: Uint8Array, begin: number, end: number): boolean {
  let i = begin
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x0d)) i++
  return i === end
}

/** End of the word when the last `count` fields are numbers; −1 when there are not so many fields. */
function wordEndFromRight(bytes: Uint8Array, begin: number, end: number, count: number): number {
  let right = end
  for (let field = 0; field < count; field++) {
    while (right > begin && bytes[right - 1] === 0x20) right--
    if (right === begin) return -1
    while (right > begin && bytes[right - 1] !== 0x20) right--
  }
  while (right > begin && bytes[right - 1] === 0x20) right--
  return right
}

function headerLies(stream: ByteStream, rows: number, possible: number): ElmanError {
  return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: 'the header promises more rows than the file has room for',
    expected: `${rows} rows, as line 1 says`,
    found: `${stream.size} bytes, at most ${possible} rows`,
    where: `${stream.path}, line 1`,
    hint: 'was the file cut off? allowTruncated reads the rows that are there',
  })
}
