import { ElmanError } from '@elman/core'

/** What to do with bytes that a text should not have. */
export interface DecodePolicy {
  /** Bytes that are not UTF-8: refuse the text (the default), or put U+FFFD in their place. */
  readonly invalid?: 'error' | 'replace'
  /** NUL bytes, the mark of UTF-16 and of binary files: refuse the text (the default), or keep them. */
  readonly nul?: 'error' | 'keep'
}

/** Turns chunks of bytes, cut anywhere, into text. */
export interface Utf8Decoder {
  /** Text of all characters that are complete so far. */
  push(bytes: Uint8Array): string
  /** Text of what was left at the end: nothing, or a replaced incomplete character. */
  end(): string
}

/**
 * A streaming UTF-8 decoder that knows where an error is. A byte order mark at the very start is dropped.
 *
 * @param name - File name for errors.
 * @throws (from `push` and `end`) `TEXT_INVALID_UTF8` and `TEXT_NUL_BYTE`, with the offset in bytes.
 */
export function createUtf8Decoder(
  name: string,
  { invalid = 'error', nul = 'error' }: DecodePolicy = {},
): Utf8Decoder {
  const decoder = new TextDecoder('utf-8', { fatal: invalid === 'error', ignoreBOM: true })
  let pending = new Uint8Array(0)
  let offset = 0 // of the first byte not yet decoded
  const decode = (bytes: Uint8Array): string => {
    if (nul === 'error') refuseNul(bytes, offset, name)
    let text: string
    try {
      text = decoder.decode(bytes)
    } catch (cause) {
      throw invalidUtf8(bytes, offset, name, cause)
    }
    if (offset === 0 && text.startsWith('\ufeff')) text = text.slice(1)
    offset += bytes.length
    return text
  }
  return {
    push(bytes) {
      let all = bytes
      if (pending.length > 0) {
        all = new Uint8Array(pending.length + bytes.length)
        all.set(pending)
        all.set(bytes, pending.length)
      }
      const complete = all.length - incompleteTail(all)
      pending = all.slice(complete)
      return complete === 0 ? '' : decode(all.subarray(0, complete))
    },
    end() {
      const rest = pending
      pending = new Uint8Array(0)
      return rest.length === 0 ? '' : decode(rest)
    },
  }
}

/** Number of bytes at the end that begin a character without finishing it. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0
  }
  return 0
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
}

function refuseNul(bytes: Uint8Array, offset: number, name: string): void {
  const at = bytes.indexOf(0)
  if (at < 0) return
  throw new ElmanError('TEXT_NUL_BYTE', {
    message: `byte ${offset + at} is NUL, which text does not contain`,
    where: name,
    hint: [
      'a UTF-16 file has many: convert it, for example with iconv -f UTF-16 -t UTF-8',
      'for binary data use unit "byte"; to keep the NULs as characters set nul: "keep"',
    ],
  })
}

function invalidUtf8(bytes: Uint8Array, offset: number, name: string, cause: unknown): ElmanError {
  const at = firstInvalidByte(bytes)
  const shown = Array.from(bytes.subarray(at, at + 4), byte => byte.toString(16).padStart(2, '0')).join(' ')
  return new ElmanError('TEXT_INVALID_UTF8', {
    message: `byte ${offset + at} does not begin a UTF-8 character`,
    found: shown,
    where: name,
    hint: [
      'convert the file, for example with iconv -f ISO-8859-1 -t UTF-8',
      'or set invalid: "replace" to read such bytes as U+FFFD, or use unit "byte"',
    ],
    cause,
  })
}

/** Index of the first byte that is not part of a well-formed character (Unicode 15, table 3-7). */
function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at]!
    const length = sequenceLength(lead)
    if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return at
    for (let i = 1; i < length; i++) {
      const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
      const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
      const byte = bytes[at + i] ?? 0
      if (byte < low || byte > high) return at
    }
    at += length
  }
  return at
}
