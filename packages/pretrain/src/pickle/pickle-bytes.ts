/** The bytes of a pickle, read front to back; nothing is taken that is not there. */
import { ElmanError } from '@elman/core'

/** Reads a pickle's bytes; every method goes on by what it took, and throws `PICKLE_TRUNCATED` past the end. */
export interface PickleBytes {
  /** Place in the file of the next byte. */
  offset(): number
  byte(): number
  /** Little-endian, `bytes` of 1, 2, 4. */
  unsigned(bytes: 1 | 2 | 4): number
  /** Four bytes with sign. */
  signed(): number
  /** Eight bytes, as a length must be. */
  length8(): number
  /** Big-endian float64. */
  float(): number
  /** A view of the next `count` bytes, which are counted before anything is made of them. */
  take(count: number): Uint8Array
  /** The next `count` bytes as UTF-8. */
  text(count: number): string
  /** Latin-1 up to the next line feed, which is taken too. */
  line(): string
}

/**
 * Starts to read at `start`.
 *
 * @param where - Name of the file, for errors.
 */
export function pickleBytes(data: Uint8Array, start: number, where: string): PickleBytes {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const latin1 = new TextDecoder('latin1')
  let at = start
  const claim = (count: number): number => {
    if (count > data.length - at) {
      throw new ElmanError('PICKLE_TRUNCATED', {
        message: 'the pickle ends before what it announces',
        expected: `${count} bytes from offset ${at}`,
        found: `${data.length - at} bytes`,
        where,
      })
    }
    at += count
    return at - count
  }
  const decode = (from: number, to: number): string => {
    try {
      return decoder.decode(data.subarray(from, to))
    } catch (cause) {
      throw damagedPickle('a text is not UTF-8', from, where, cause)
    }
  }
  return {
    offset: () => at,
    byte: () => view.getUint8(claim(1)),
    unsigned(bytes) {
      const from = claim(bytes)
      if (bytes === 1) return view.getUint8(from)
      return bytes === 2 ? view.getUint16(from, true) : view.getUint32(from, true)
    },
    signed: () => view.getInt32(claim(4), true),
    length8: () => Number(view.getBigUint64(claim(8), true)),
    float: () => view.getFloat64(claim(8), false),
    take(count) {
      const from = claim(count)
      return data.subarray(from, from + count)
    },
    text(count) {
      const from = claim(count)
      return decode(from, from + count)
    },
    line() {
      const from = at
      const end = data.indexOf(0x0a, from)
      claim((end < 0 ? data.length : end) - from + 1)
      return latin1.decode(data.subarray(from, at - 1))
    },
  }
}

/** An error of a pickle that contradicts itself. */
export function damagedPickle(found: string, offset: number, where: string, cause?: unknown): ElmanError {
  return new ElmanError('PICKLE_DAMAGED', {
    message: 'not a sound pickle',
    found: `${found}, at offset ${offset}`,
    where,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** An error of a pickle that asks for what this reader does not build. */
export function refusedPickle(asked: string, offset: number | undefined, where: string): ElmanError {
  return new ElmanError('PICKLE_REFUSED', {
    message: `the pickle asks for ${asked}, which is not built here`,
    expected: 'tensors, dictionaries, lists, tuples, strings and numbers',
    found: offset === undefined ? 'in what it leaves at its end' : `at offset ${offset}`,
    where,
    hint: 'a pickle is a program: only weights and word lists are read; save those alone, without optimiser or model',
  })
}
