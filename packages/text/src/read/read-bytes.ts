import type { Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { ElmanError } from '@elman/core'

/** Part of a file to read, and what to do on the way. */
export interface ReadOptions {
  /** First byte; 0 unless given. */
  readonly start?: number
  /** One past the last byte; the file's end unless given. */
  readonly end?: number
  /** Bytes a read; 256 KiB unless given. */
  readonly chunkBytes?: number
  /** Is fed every byte read, so that the content is hashed in the same pass. */
  readonly hash?: Hash
}

/**
 * The bytes of a file in chunks, in constant memory whatever the file's size.
 *
 * All chunks are views of one buffer: use or copy each before asking for the next.
 *
 * @throws `TEXT_FILE_UNREADABLE` when the file is missing, is a folder or may not be read.
 */
export async function* readBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const { start = 0, end = Number.POSITIVE_INFINITY, chunkBytes = 1 << 18, hash } = options
  const file = await open(path, 'r').catch(cause => {
    throw unreadable(path, cause)
  })
  try {
    const buffer = new Uint8Array(chunkBytes)
    for (let position = start; position < end; ) {
      const wanted = Math.min(chunkBytes, end - position)
      const { bytesRead } = await file.read(buffer, 0, wanted, position).catch(cause => {
        throw unreadable(path, cause)
      })
      if (bytesRead === 0) return
      position += bytesRead
      const chunk = buffer.subarray(0, bytesRead)
      hash?.update(chunk)
      yield chunk
    }
  } finally {
    await file.close()
  }
}

/** Size of a file in bytes. @throws `TEXT_FILE_UNREADABLE` */
export async function fileSize(path: string): Promise<number> {
  const file = await open(path, 'r').catch(cause => {
    throw unreadable(path, cause)
  })
  try {
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

function unreadable(path: string, cause: unknown): ElmanError {
  const reason = (cause as { code?: string }).code ?? 'unknown reason'
  return new ElmanError('TEXT_FILE_UNREADABLE', {
    message: 'a text file cannot be read',
    found: reason === 'ENOENT' ? 'no such file' : reason === 'EISDIR' ? 'a folder' : reason,
    where: path,
    hint: 'relative paths start at the folder of the experiment file',
    cause,
  })
}
