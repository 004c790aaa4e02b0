/**
 * Bytes of a file in order, through a window that the reader moves: gzip is unpacked on the way. The window grows only
 * with bytes that are there, so a lie in a file costs no memory.
 */

import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { ElmanError, fileError } from '@elman/core'
import { type FileBytes, openFileBytes } from './file-bytes.ts'

/** Bytes read at a time. */
const PIECE = 2 ** 22
/** Longest line or record: above it the file is taken for something else. */
const MAXIMUM_RECORD_BYTES = 2 ** 26

/** Gives the next bytes into `target` from `offset` on; 0 at the end. */
type Pull = (target: Buffer, offset: number) => Promise<number>

/** A window over a file that moves forward; see the head of this file. */
export class ByteStream {
  readonly path: string
  /** Bytes of the file as it lies on the disk. */
  readonly size: number
  readonly compressed: boolean
  /** The window: unread bytes are `buffer[begin … end)`. */
  buffer: Buffer
  begin = 0
  end = 0
  /** Whether all bytes of the file are in the window or behind it. */
  ended = false
  /** Position (unpacked) of `buffer[0]`. */
  #origin: number
  readonly #pull: Pull
  readonly #taken: () => number
  readonly #close: () => Promise<void>

  /** Use {@link openByteStream}. */
  constructor(parts: {
    path: string
    size: number
    compressed: boolean
    origin: number
    pull: Pull
    taken: () => number
    close: () => Promise<void>
  }) {
    this.path = parts.path
    this.size = parts.size
    this.compressed = parts.compressed
    this.buffer = Buffer.allocUnsafeSlow(Math.max(16, Math.min(PIECE, parts.size + 1)))
    this.#origin = parts.origin
    this.#pull = parts.pull
    this.#taken = parts.taken
    this.#close = parts.close
  }

  /** Unread bytes in the window. */
  get available(): number {
    return this.end - this.begin
  }

  /** Position of the next unread byte in the (unpacked) file. */
  get position(): number {
    return this.#origin + this.begin
  }

  /** Position of a byte of the window in the (unpacked) file. */
  positionOf(index: number): number {
    return this.#origin + index
  }

  /** Bytes on the disk that have been read for what is behind the window's begin; exact unless packed. */
  get consumed(): number {
    return this.compressed ? this.#taken() : this.position
  }

  /** Brings more bytes into the window; unread ones move to its front. False at the end of the file. */
  async fill(): Promise<boolean> {
    if (this.ended) return false
    if (this.begin > 0) {
      this.buffer.copyWithin(0, this.begin, this.end)
      this.#origin += this.begin
      this.end -= this.begin
      this.begin = 0
    }
    if (this.end === this.buffer.length) {
      if (this.end >= MAXIMUM_RECORD_BYTES) throw recordTooLong(this)
      const larger = Buffer.allocUnsafeSlow(this.buffer.length * 2)
      this.buffer.copy(larger, 0, 0, this.end)
      this.buffer = larger
    }
    const count = await this.#pull(this.buffer, this.end)
    this.end += count
    if (count === 0) this.ended = true
    return count > 0
  }

  /** Brings at least `count` unread bytes into the window; false when the file ends before. */
  async need(count: number): Promise<boolean> {
    while (this.available < count) if (!(await this.fill())) return false
    return true
  }

  /** Index in the window of the next LF, or −1 when the rest of the file holds none. */
  async findLineEnd(): Promise<number> {
    let from = this.begin
    for (;;) {
      const found = from < this.end ? this.buffer.subarray(0, this.end).indexOf(10, from) : -1
      if (found >= 0) return found
      const seen = this.end - this.begin
      if (!(await this.fill())) return -1
      from = this.begin + seen
    }
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#close()
  }
}

/**
 * Opens a file to be read in order; unpacks it when it begins like gzip.
 *
 * @param start - Byte to begin at, of a file that is not packed.
 * @param allowTruncated - Whether gzip that ends too early counts as the end of the file.
 * @throws `FILE_UNREADABLE`
 */
export async function openByteStream(path: string, start = 0, allowTruncated = false): Promise<ByteStream> {
  const file = await openFileBytes(path)
  const magic = new Uint8Array(2)
  await file.read(0, magic)
  return magic[0] === 0x1f && magic[1] === 0x8b && start === 0
    ? packedStream(file, allowTruncated)
    : plainStream(file, start)
}

function plainStream(file: FileBytes, start: number): ByteStream {
  let position = start
  return new ByteStream({
    path: file.path,
    size: file.size,
    compressed: false,
    origin: start,
    taken: () => position,
    pull: async (target, offset) => {
      const count = await file.read(position, target.subarray(offset))
      position += count
      return count
    },
    close: () => file.close(),
  })
}

async function packedStream(file: FileBytes, allowTruncated: boolean): Promise<ByteStream> {
  await file.close()
  const source = createReadStream(file.path, { highWaterMark: 2 ** 18 })
  const unpacked = createGunzip({ chunkSize: 2 ** 18 })
  source.on('error', error => unpacked.destroy(error))
  const pieces = source.pipe(unpacked)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let piece: Buffer | undefined
  const pull: Pull = async (target, offset) => {
    if (piece === undefined || piece.length === 0) {
      const next = await nextPiece(pieces, file.path, () => source.bytesRead, allowTruncated)
      if (next === undefined) return 0
      piece = next
    }
    const count = piece.copy(target, offset)
    piece = piece.subarray(count)
    return count
  }
  return new ByteStream({
    path: file.path,
    size: file.size,
    compressed: true,
    origin: 0,
    taken: () => source.bytesRead,
    pull,
    close: async () => {
      source.destroy()
      unpacked.destroy()
    },
  })
}

async function nextPiece(
  pieces: AsyncIterator<Buffer>,
  path: string,
  read: () => number,
  allowTruncated: boolean,
): Promise<Buffer | undefined> {
  try {
    const { value, done } = await pieces.next()
    return done === true ? undefined : value
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (!code.startsWith('Z_')) throw fileError('read', path, error)
    if (code === 'Z_BUF_ERROR' && allowTruncated) return undefined
    throw new ElmanError('EMBEDDING_FILE_GZIP_DAMAGED', {
      message: `the packed file cannot be unpacked: ${(error as Error).message}`,
      where: `${path}, before byte ${read()} of the packed file`,
      hint: 'was the download cut off? Fetch it again',
      cause: error,
    })
  }
}

function recordTooLong(stream: ByteStream): ElmanError {
  return new ElmanError('EMBEDDING_FILE_RECORD_TOO_LONG', {
    message: 'a line or record has no end',
    expected: `at most ${MAXIMUM_RECORD_BYTES} bytes`,
    where: `${stream.path}, from byte ${stream.position}`,
    hint: 'is this a file of word vectors? Name the format if you know it',
  })
}
