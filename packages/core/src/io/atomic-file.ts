/**
 * Files that are either whole or not there: written beside their place, flushed to the disk, then renamed.
 */

import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileError, systemCode } from './file-error.ts'

/** What a file is made of: text (UTF-8), bytes, or pieces of bytes as they come. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** Length and hash of what was written. */
export interface WrittenFile {
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

/**
 * Puts a file at `path` so that readers, and a machine that stops at any moment, see the old one or the new one whole.
 *
 * The temporary file lies in the same folder and is removed when something fails.
 *
 * @throws `FILE_UNWRITABLE` when the system refuses.
 */
export async function writeFileAtomically(path: string, content: FileContent): Promise<WrittenFile> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp-${randomUUID()}`)
  try {
    const written = await fill(temporary, content)
    await renameInPlace(temporary, path)
    return written
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError('write', path, error)
  }
}

/**
 * Writes a file that must not exist yet and waits until it is on the disk.
 *
 * @throws `FILE_UNWRITABLE` when the system refuses.
 */
export async function writeNewFile(path: string, content: FileContent): Promise<WrittenFile> {
  try {
    return await fill(path, content)
  } catch (error) {
    throw fileError('write', path, error)
  }
}

async function fill(path: string, content: FileContent): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let bytes = 0
  const handle = await open(path, 'wx')
  try {
    for await (const piece of pieces(content)) {
      hash.update(piece)
      await writeWhole(handle, piece)
      bytes += piece.byteLength
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}

function pieces(content: FileContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [new TextEncoder().encode(content)]
  return content instanceof Uint8Array ? [content] : content
}

async function writeWhole(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.byteLength; ) {
    const { bytesWritten } = await handle.write(piece, done, Math.min(piece.byteLength - done, 2 ** 30))
    done += bytesWritten
  }
}

/** Errors of a rename that pass when a virus scanner or an indexer lets go of the file (Windows). */
const PASSING = new Set(['EPERM', 'EACCES', 'EBUSY'])

/**
 * Renames a file or folder, replacing a file at `to`, and flushes the folder, so that the new name survives a crash.
 * On Windows, where another program may hold the file for a moment, tries for about two seconds.
 */
export async function renameInPlace(from: string, to: string): Promise<void> {
  for (let pause = 10; ; pause *= 2) {
    try {
      await rename(from, to)
      break
    } catch (error) {
      const passing = process.platform === 'win32' && PASSING.has(systemCode(error) ?? '')
      if (!passing || pause > 1000) throw error
      await wait(pause)
    }
  }
  await syncFolder(dirname(to))
}

/** Flushes the names in a folder to the disk, where the platform can (Windows cannot open a folder). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (systemCode(error) !== 'EINVAL') throw error // a file system without it, such as some network ones
  } finally {
    await handle.close()
  }
}
