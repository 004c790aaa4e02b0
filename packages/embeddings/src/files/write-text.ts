/** Text and binary files of word vectors, made piece by piece. */

import { ElmanError } from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import { MAXIMUM_NUMBER_BYTES, type NumberStyle, numberWriter } from './format-numbers.ts'

/** What to do with words that a format cannot hold (spaces, line ends; for projector files tabs and line ends). */
export type WordRule = 'refuse' | 'escape' | 'keep'

/** How rows are written as text. */
export interface TextStyle {
  readonly header: boolean
  readonly numbers: NumberStyle
  /** Between fields. */
  readonly separator: ' ' | '\t'
  /** Whether a separator stands behind the last number, as word2vec.c and fastText have it. */
  readonly trailing: boolean
  /** Whether the word stands in front of the numbers. */
  readonly words: boolean
  readonly rule: WordRule
}

/** Bytes of a piece. */
const PIECE = 2 ** 20

/** The pieces of a text file. @throws `EMBEDDING_WORD_UNWRITABLE` */
export function* textPieces(vectors: WordVectors, style: TextStyle): Generator<Uint8Array> {
  const { count, dimensions, matrix } = vectors
  const write = numberWriter(style.numbers)
  const separator = style.separator.charCodeAt(0)
  if (style.header) yield Buffer.from(`${count} ${dimensions}\n`)
  let buffer = Buffer.allocUnsafeSlow(PIECE)
  let end = 0
  for (let row = 0; row < count; row++) {
    const word = style.words ? writableWord(vectors, row, style.rule) : new Uint8Array(0)
    const most = word.length + dimensions * (MAXIMUM_NUMBER_BYTES + 1) + 2
    if (end + most > buffer.length) {
      yield buffer.subarray(0, end)
      end = 0
      if (most > buffer.length) buffer = Buffer.allocUnsafeSlow(most)
    }
    buffer.set(word, end)
    end += word.length
    if (style.words) buffer[end++] = separator
    for (let i = row * dimensions; i < (row + 1) * dimensions; i++) {
      end = write(matrix[i]!, buffer, end)
      buffer[end++] = separator
    }
    if (!style.trailing) end--
    buffer[end++] = 10
  }
  yield buffer.subarray(0, end)
}

/** The pieces of a word2vec binary file. @throws `EMBEDDING_WORD_UNWRITABLE` */
export function* binaryPieces(
  vectors: WordVectors,
  lineFeeds: boolean,
  rule: WordRule,
): Generator<Uint8Array> {
  const { count, dimensions, matrix } = vectors
  const bytes = new Uint8Array(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  yield Buffer.from(`${count} ${dimensions}\n`)
  let buffer = Buffer.allocUnsafeSlow(PIECE)
  let end = 0
  for (let row = 0; row < count; row++) {
    const word = writableWord(vectors, row, rule === 'keep' ? 'refuse' : rule)
    const most = word.length + dimensions * 4 + 2
    if (end + most > buffer.length) {
      yield buffer.subarray(0, end)
      end = 0
      if (most > buffer.length) buffer = Buffer.allocUnsafeSlow(most)
    }
    buffer.set(word, end)
    end += word.length
    buffer[end++] = 0x20
    buffer.set(bytes.subarray(row * dimensions * 4, (row + 1) * dimensions * 4), end)
    end += dimensions * 4
    if (lineFeeds) buffer[end++] = 10
  }
  yield buffer.subarray(0, end)
}

/**
 * The bytes of a word as a file can hold them. `escape` puts `_` for each space, tab and line end; `keep` leaves spaces,
 * which are read again because numbers are counted from the right, but never line ends.
 */
export function writableWord({ words }: WordVectors, row: number, rule: WordRule): Uint8Array {
  const word = words.bytesAt(row)
  let spaces = false
  let ends = word.length === 0
  for (const byte of word) {
    if (byte === 10 || byte === 13) ends = true
    else if (byte === 0x20) spaces = true
  }
  if (!ends && (!spaces || rule === 'keep')) return word
  if (rule === 'escape' && word.length > 0)
    return word.map(byte => (byte === 10 || byte === 13 || byte === 0x20 || byte === 9 ? 0x5f : byte))
  throw new ElmanError('EMBEDDING_WORD_UNWRITABLE', {
    message:
      word.length === 0
        ? 'an empty word cannot be written to this format'
        : `the word ${JSON.stringify(words.at(row))} holds a ${ends ? 'line end' : 'space'}, which this format takes for its end`,
    where: `row ${row + 1}`,
    hint: "write with words: 'escape' to put _ in its place, or as safetensors, which holds any word",
  })
}
