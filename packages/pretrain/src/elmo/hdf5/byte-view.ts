/** The bytes of a file, none of which is read without a check that it is there. */
import { damaged } from './hdf5-error.ts'

/** An address that points nowhere. */
export const UNDEFINED_ADDRESS = -1

/** Bounds-checked little-endian access. */
export interface ByteView {
  /** File, for errors. */
  readonly where: string
  readonly size: number
  /** Unsigned integer of 1, 2 or 4 bytes. */
  uint(at: number, width: 1 | 2 | 4): number
  /** Offset or length of 8 bytes; {@link UNDEFINED_ADDRESS} where all bits are set. */
  address(at: number): number
  /** Part of the file; shares its memory. */
  bytes(at: number, length: number): Uint8Array
  /** Refuses unless the four letters are there. */
  signature(at: number, letters: string): void
}

/** A view of a whole file. */
export function byteView(file: Uint8Array, where: string): ByteView {
  const data = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const check = (at: number, length: number) => {
    if (at >= 0 && length >= 0 && at + length <= file.length) return
    throw damaged(where, `it refers to bytes ${at} .. ${at + length}`, `at most ${file.length} bytes`)
  }
  return {
    where,
    size: file.length,
    uint(at, width) {
      check(at, width)
      if (width === 1) return data.getUint8(at)
      return width === 2 ? data.getUint16(at, true) : data.getUint32(at, true)
    },
    address(at) {
      check(at, 8)
      const value = data.getBigUint64(at, true)
      if (value === 0xffffffffffffffffn) return UNDEFINED_ADDRESS
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged(where, `offset ${value} at byte ${at}`)
      return Number(value)
    },
    bytes(at, length) {
      check(at, length)
      return file.subarray(at, at + length)
    },
    signature(at, letters) {
      check(at, letters.length)
      const found = String.fromCharCode(...file.subarray(at, at + letters.length))
      if (found !== letters) throw damaged(where, `${JSON.stringify(found)} at byte ${at}`, `"${letters}"`)
    },
  }
}
