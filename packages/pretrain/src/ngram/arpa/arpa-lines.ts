/** Lines of an ARPA file as bytes, unpacked on the way; memory does not grow with the file. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { ElmanError, fileError } from '@elman/core'

/** Longest line; above it the file is something else. */
const MAXIMUM_LINE_BYTES = 2 ** 20

/** Is told each line, without its end: bytes `begin` … `end` − 1, and its number from 1. False ends the reading. */
export type LineReader = (bytes: Buffer, begin: number, end: number, line: number) => boolean

/**
 * Calls `read` for each line of a file; CR before LF is no part of it.
 *
 * @returns number of lines read
 * @throws `FILE_UNREADABLE`, `ARPA_GZIP_DAMAGED`, `ARPA_LINE_INVALID`
 */
export async function readArpaLines(path: string, read: LineReader): Promise<number> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  const pass = (bytes: Buffer, begin: number, end: number): boolean => {
    const last = end > begin && bytes[end - 1] === 13 ? end - 1 : end
    return read(bytes, begin, last, ++line)
  }
  for await (const piece of unpackedPieces(path)) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let begin = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
      if (!pass(bytes, begin, end)) return line
      begin = end + 1
    }
    rest = bytes.subarray(begin)
    if (rest.length > MAXIMUM_LINE_BYTES) {
      throw new ElmanError('ARPA_LINE_INVALID', {
        message: `a line is longer than ${MAXIMUM_LINE_BYTES} bytes`,
        where: `${path}, line ${line + 1}`,
        hint: 'is this an ARPA file?',
      })
    }
  }
  if (rest.length > 0) pass(rest, 0, rest.length)
  return line
}

async function* unpackedPieces(path: string): AsyncGenerator<Buffer> {
  const packed = await beginsLikeGzip(path)
  const source = createReadStream(path, { highWaterMark: 2 ** 18 })
  const gunzip = createGunzip({ chunkSize: 2 ** 18 })
  if (packed) source.on('error', error => gunzip.destroy(error))
  try {
    for await (const piece of packed ? source.pipe(gunzip) : source) yield piece as Buffer
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('Z_')) throw fileError('read', path, error)
    throw new ElmanError('ARPA_GZIP_DAMAGED', {
      message: `the packed file cannot be unpacked: ${(error as Error).message}`,
      where: path,
      hint: 'was it cut off on its way here? Fetch it again',
      cause: error,
    })
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

async function beginsLikeGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError('read', path, error)
  }
}
