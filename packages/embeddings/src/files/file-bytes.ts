import { type FileHandle, open } from 'node:fs/promises'
import { fileError } from '@elman/core'

/** A file that is read at any position. */
export interface FileBytes {
  readonly path: string
  /** Bytes in the file when it was opened. */
  readonly size: number
  /** Fills `target` from byte `position`; gives the number of bytes that were there. */
  read(position: number, target: Uint8Array): Promise<number>
  close(): Promise<void>
}

/** Longest read of one call to the system. */
const PIECE = 2 ** 30

/**
 * Opens a file for reading at any position.
 *
 * @throws `FILE_UNREADABLE`
 */
export async function openFileBytes(path: string): Promise<FileBytes> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const opened = handle
    const { size } = await opened.stat()
    const bytes: FileBytes = {
      path,
      size,
      read: (position, target) => fill(opened, path, position, target),
      close: () => opened.close(),
    }
    await bytes.read(0, new Uint8Array(1)) // a folder opens, but cannot be read
    return bytes
  } catch (error) {
    await handle?.close()
    throw fileError('read', path, error)
  }
}

async function fill(handle: FileHandle, path: string, position: number, target: Uint8Array): Promise<number> {
  try {
    let done = 0
    while (done < target.length) {
      const wanted = Math.min(target.length - done, PIECE)
      const { bytesRead } = await handle.read(target, done, wanted, position + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  } catch (error) {
    throw fileError('read', path, error)
  }
}
