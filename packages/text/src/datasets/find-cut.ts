import { fileSize, readBytes } from '../read/read-bytes.ts'
import type { Unit } from '../units/tokenize.ts'

/**
 * Offset at which a file is cut: ⌊fraction · bytes⌋, moved forward to the next line start (unit word) or the next
 * start of a character (unit character), so that no token is torn.
 *
 * @throws `TEXT_FILE_UNREADABLE`
 */
export async function findCut(path: string, fraction: number, unit: Unit): Promise<number> {
  const size = await fileSize(path)
  let offset = Math.floor(fraction * size)
  if (offset <= 0 || offset >= size || unit === 'byte') return offset
  if (unit === 'word') offset -= 1 // a cut right behind a line break is good as it is
  for await (const chunk of readBytes(path, { start: offset, chunkBytes: 1 << 12 })) {
    const found = unit === 'word' ? chunk.indexOf(10) : chunk.findIndex(byte => (byte & 0xc0) !== 0x80)
    if (found >= 0) return offset + found + (unit === 'word' ? 1 : 0)
    offset += chunk.length
  }
  return size
}
