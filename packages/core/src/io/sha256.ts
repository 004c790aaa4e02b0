import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { WrittenFile } from './atomic-file.ts'
import { fileError } from './file-error.ts'

/**
 * Length and SHA-256 of a file of any size, in constant memory.
 *
 * @throws `FILE_UNREADABLE` when the system refuses.
 */
export async function sha256OfFile(path: string): Promise<WrittenFile> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      hash.update(piece as Uint8Array)
      bytes += (piece as Uint8Array).byteLength
    }
  } catch (error) {
    throw fileError('read', path, error)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** SHA-256 of text (UTF-8) or bytes, in lower-case hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
