import type { Hash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ElmanError } from '@elman/core'
import { readBytes } from '@elman/text'

/** What to do on the way through a file. */
export interface ReadTextOptions {
  /** Is told how many bytes of the file, compressed as it may be, have been read so far. */
  readonly onPosition?: (bytes: number) => void
  /** Is fed the text, decompressed. */
  readonly hash?: Hash
  /** Stops reading; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Bytes a read; 256 KiB unless given. */
  readonly chunkBytes?: number
}

/**
 * The bytes of a text file, plain or gzip (told apart by the first two bytes, not by the name; several gzip members
 * one after the other are one text), in pieces and in constant memory. A piece is only good until the next is asked
 * for.
 *
 * @throws `TEXT_FILE_UNREADABLE`, `EMBEDDING_GZIP_DAMAGED`
 */
export async function* readText(path: string, options: ReadTextOptions = {}): AsyncGenerator<Uint8Array> {
  const { hash } = options
  const pieces = filePieces(path, options)
  try {
    const first = await firstBytes(pieces)
    const text = isGzip(first) ? decompress(path, first, pieces, options) : joined(first, pieces)
    for await (const piece of text) {
      hash?.update(piece)
      yield piece
    }
  } finally {
    await pieces.return(undefined)
  }
}

async function* filePieces(path: string, options: ReadTextOptions): AsyncGenerator<Uint8Array, undefined> {
  const { onPosition, signal, chunkBytes = 1 << 18 } = options
  let position = 0
  signal?.throwIfAborted()
  for await (const piece of readBytes(path, { chunkBytes })) {
    position += piece.length
    yield piece
    onPosition?.(position)
    signal?.throwIfAborted()
  }
  return undefined
}

/** A copy of the first piece, or of as many as give the two bytes that tell what the file is. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first = new Uint8Array(0)
  while (first.length < 2) {
    const next = await pieces.next()
    if (next.done) break
    first = Buffer.concat([first, next.value])
  }
  return first
}

function isGzip(first: Uint8Array): boolean {
  return first[0] === 0x1f && first[1] === 0x8b
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  yield* rest
}

async function* decompress(
  path: string,
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
  { chunkBytes = 1 << 18 }: ReadTextOptions,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: Math.max(64, chunkBytes) })
  let read = 0
  const compressed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of joined(first, rest)) {
      read += piece.length
      yield Buffer.from(piece) // a copy: the stream may still hold it when the reader's buffer is filled anew
    }
  }
  const feeding = pipeline(compressed, gunzip)
  feeding.catch(() => {}) // what goes wrong reaches the loop below through the stream
  try {
    for await (const piece of gunzip) yield piece as Uint8Array
  } catch (error) {
    throw damaged(path, error, gunzip.bytesWritten, read)
  }
}

function damaged(path: string, error: unknown, byte: number, read: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!code.startsWith('Z_')) return error
  const truncated = code === 'Z_BUF_ERROR'
  return new ElmanError('EMBEDDING_GZIP_DAMAGED', {
    message: truncated ? 'a gzip file ends in the middle' : 'a gzip file is damaged',
    found: truncated
      ? `the end of the file at byte ${read}`
      : `${(error as Error).message}, at or before byte ${byte}`,
    where: path,
    hint: truncated ? 'it was not copied whole: fetch or make it again' : 'fetch or make it again',
    cause: error,
  })
}
