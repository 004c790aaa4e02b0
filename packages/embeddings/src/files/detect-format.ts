/** What a file is, by its first bytes. */

import { isUtf8 } from 'node:buffer'
import { extname } from 'node:path'
import { ElmanError } from '@elman/core'
import type { ByteStream } from './byte-stream.ts'
import { FORMAT_TITLES, type WordVectorFormat } from './formats.ts'
import { trailingNumbers } from './text-header.ts'

/** First bytes that are looked at. */
const SAMPLE = 4096
/** The int32 that fastText's binary files begin with. */
export const FASTTEXT_MAGIC = 793_712_314

/** Kinds of files that are recognised so that an error can name them. */
const FOREIGN: readonly (readonly [string, (head: Buffer) => boolean, string])[] = [
  [
    'a zip archive',
    head => head.readUInt32LE(0) === 0x04034b50,
    'unpack it and read the file inside; of an .npz take the .npy of the matrix',
  ],
  [
    "a Python pickle, such as gensim's own files",
    head => head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5,
    'in gensim call vectors.save_word2vec_format(path, binary=True) and read that file',
  ],
  [
    'an HDF5 file',
    head => head.toString('latin1', 0, 4) === '\x89HDF',
    'save the matrix as .npy and its words one a line',
  ],
]

/**
 * The format of an open file: what was asked for, if nothing speaks against it.
 *
 * @param asked - The format that the caller named, or `auto`.
 * @throws `EMBEDDING_FILE_FORMAT_MISMATCH`, `EMBEDDING_FILE_FORMAT_UNKNOWN`, `EMBEDDING_FILE_EMPTY`
 */
export async function detectFormat(
  stream: ByteStream,
  asked: WordVectorFormat | 'auto',
): Promise<WordVectorFormat> {
  await stream.need(SAMPLE)
  const head = stream.buffer.subarray(stream.begin, Math.min(stream.end, stream.begin + SAMPLE))
  if (head.length === 0)
    throw new ElmanError('EMBEDDING_FILE_EMPTY', { message: 'the file is empty', where: stream.path })
  const marked = formatByMark(head, stream)
  if (marked !== undefined) {
    if (asked !== 'auto' && asked !== marked)
      throw mismatch(stream, FORMAT_TITLES[marked], FORMAT_TITLES[asked])
    return marked
  }
  if (head.length >= 8)
    for (const [name, matches, hint] of FOREIGN)
      if (matches(head))
        throw mismatch(stream, name, asked === 'auto' ? undefined : FORMAT_TITLES[asked], hint)
  if (asked === 'fasttext-bin' || asked === 'npy' || asked === 'safetensors')
    throw notAsAsked(stream, FORMAT_TITLES[asked], head)
  return asked === 'auto' ? formatByContent(head, stream) : asked
}

/** Formats whose first bytes are like no other's. */
function formatByMark(head: Buffer, stream: ByteStream): WordVectorFormat | undefined {
  if (head.length >= 4 && head.readInt32LE(0) === FASTTEXT_MAGIC) return 'fasttext-bin'
  if (head.toString('latin1', 0, 6) === '\x93NUMPY') return 'npy'
  if (head.length < 9 || head[8] !== 0x7b) return undefined
  const header = head.readBigUInt64LE(0)
  return header < BigInt(stream.compressed ? 100_000_000 : stream.size) ? 'safetensors' : undefined
}

function formatByContent(head: Buffer, stream: ByteStream): WordVectorFormat {
  const extension = extname(stream.path.replace(/\.gz$/i, '')).toLowerCase()
  const lineEnd = head.indexOf(10)
  const line = head.toString('latin1', 0, lineEnd < 0 ? head.length : lineEnd)
  const pair = /^ *\d{1,15}[ \t]+(\d{1,15})[ \t]*\r?$/.exec(line)
  if (lineEnd >= 0 && pair !== null) {
    const rest = head.subarray(lineEnd + 1)
    if (!isText(rest) && !endsWithNumbers(rest, Number(pair[1]))) return 'word2vec-binary'
    return extension === '.vec' ? 'fasttext-vec' : 'word2vec-text'
  }
  const tabs = isText(head) && /^[^\t]*\t[^\t]/.test(line)
  if (tabs && (extension === '.tsv' || !line.includes(' '))) return 'projector'
  if (isText(head) || endsWithNumbers(head, 3)) return 'glove'
  throw new ElmanError('EMBEDDING_FILE_FORMAT_UNKNOWN', {
    message: 'the file is none of the known formats of word vectors',
    found: JSON.stringify(line.slice(0, 40)),
    where: `${stream.path}, byte 0`,
    hint: [
      'fastText .bin files from before 2017, and the raw .bin of GloVe, cannot be read: convert them to text',
      'name the format if you know it',
    ],
  })
}

/** Whether bytes are UTF-8 text without control characters. A character cut by the end does not count. */
function isText(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32)) return false
  for (let cut = 0; cut < 4; cut++) if (isUtf8(bytes.subarray(0, bytes.length - cut))) return true
  return false
}

/**
 * Whether the first line ends with up to three numbers (or as many as a row has): words in it may be any bytes, and in a
 * binary file one such field may come about by chance.
 */
function endsWithNumbers(bytes: Buffer, dimensions: number): boolean {
  const feed = bytes.indexOf(10)
  // A line that the sample cuts ends with its last whole field.
  const end = feed >= 0 ? feed : Math.max(0, bytes.lastIndexOf(0x20))
  return trailingNumbers(bytes, 0, end, 0x20) >= Math.min(3, Math.max(1, dimensions))
}

/** An error that says what a file is and is not. */
export function mismatch(stream: { path: string }, is: string, not?: string, hint?: string): ElmanError {
  return new ElmanError('EMBEDDING_FILE_FORMAT_MISMATCH', {
    message:
      not === undefined ? `this is ${is}, which cannot be read` : `this is ${withArticle(is)}, not ${not}`,
    where: stream.path,
    hint: hint ?? 'leave the format out: the file tells it itself',
  })
}

function withArticle(title: string): string {
  return /^an? /.test(title) ? title : `a ${title} file`
}

function notAsAsked(stream: ByteStream, title: string, head: Buffer): ElmanError {
  return new ElmanError('EMBEDDING_FILE_FORMAT_MISMATCH', {
    message: `this does not begin like ${title}`,
    found: JSON.stringify(head.toString('latin1', 0, Math.min(head.length, 16))),
    where: `${stream.path}, byte 0`,
    hint: 'leave the format out: the file tells it itself',
  })
}
