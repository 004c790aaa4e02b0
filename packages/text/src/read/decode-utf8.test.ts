import { isElmanError } from '@elman/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createUtf8Decoder, type DecodePolicy } from './decode-utf8.ts'

function decodeIn(chunks: Iterable<Uint8Array>, policy?: DecodePolicy): string {
  const decoder = createUtf8Decoder('book.txt', policy)
  let text = ''
  for (const chunk of chunks) text += decoder.push(chunk)
  return text + decoder.end()
}

function errorOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (isElmanError(error)) return error.message
    throw error
  }
  return 'nothing was thrown'
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const single = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, byte => Uint8Array.of(byte))

test('text that is cut between any two bytes is the text', () => {
  const text = 'aé€𝒳 naïve \ufeff 日本'
  expect(decodeIn(single(bytesOf(text)))).toBe(text)
  expect(decodeIn([bytesOf(text)])).toBe(text)
})

test('a byte order mark is dropped at the very start only, also when it comes in pieces', () => {
  expect(decodeIn(single(bytesOf('\ufeffa\ufeff')))).toBe('a\ufeff')
  expect(decodeIn([bytesOf('\ufeff\ufeffa')])).toBe('\ufeffa')
})

test('invalid UTF-8 is refused with the offset, wherever chunks are cut', () => {
  const bytes = Uint8Array.of(...bytesOf('caf€ '), 0x63, 0xe9, 0x20, 0x61)
  const message = errorOf(() => decodeIn([bytes]))
  expect(message).toMatchInlineSnapshot(`
    "TEXT_INVALID_UTF8  byte 8 does not begin a UTF-8 character
      found    e9 20 61
      in book.txt
      convert the file, for example with iconv -f ISO-8859-1 -t UTF-8
      or set invalid: "replace" to read such bytes as U+FFFD, or use unit "byte""
  `)
  expect(errorOf(() => decodeIn(single(bytes)))).toContain('byte 8 does not begin')
})

test('a character that the end of the file cuts off is invalid', () => {
  expect(errorOf(() => decodeIn([Uint8Array.of(0x61, 0xe2, 0x82)]))).toContain('byte 1 does not begin')
  expect(decodeIn([Uint8Array.of(0x61, 0xe2, 0x82)], { invalid: 'replace' })).toBe('a\ufffd')
})

test('NUL bytes are refused unless they are asked for', () => {
  const utf16 = Uint8Array.from(Buffer.from('hello', 'utf16le'))
  expect(errorOf(() => decodeIn([utf16]))).toMatchInlineSnapshot(`
    "TEXT_NUL_BYTE  byte 1 is NUL, which text does not contain
      in book.txt
      a UTF-16 file has many: convert it, for example with iconv -f UTF-16 -t UTF-8
      for binary data use unit "byte"; to keep the NULs as characters set nul: "keep""
  `)
  expect(decodeIn([Uint8Array.of(0x61, 0, 0x62)], { nul: 'keep' })).toBe('a\0b')
})

test('any bytes, cut anywhere, decode as the platform decodes them, or fail at the same first byte', () => {
  const byte = fc.oneof(
    fc.nat(255),
    fc.constantFrom(0x61, 0xe2, 0x82, 0xac, 0xf0, 0x9d, 0xc3, 0xed, 0xa0, 0xf4, 0x90),
  )
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 0 }),
      fc.array(byte, { maxLength: 40 }),
      fc.nat(40),
      (empty, list, at) => {
        const bytes = Uint8Array.from(list)
        const pieces = [bytes.slice(0, at), empty, bytes.slice(at)]
        const platform = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replace(/^\ufeff/, '')
        expect(decodeIn(pieces, { invalid: 'replace', nul: 'keep' })).toBe(platform)
        const strict = errorOf(() => decodeIn(pieces, { nul: 'keep' }))
        if (Buffer.from(platform).equals(Buffer.from(bytes))) return
        const offset = /byte (\d+) does not begin/.exec(strict)?.[1]
        if (offset === undefined) return expect(strict).toBe('nothing was thrown')
        // Everything before the reported byte is valid, and nothing longer is.
        const fatal = new TextDecoder('utf-8', { fatal: true })
        expect(() => fatal.decode(bytes.subarray(0, Number(offset)))).not.toThrow()
        for (let length = 1; length <= 4; length++) {
          const end = Number(offset) + length
          if (end <= bytes.length) expect(() => fatal.decode(bytes.subarray(0, end))).toThrow()
        }
      },
    ),
    { seed: 11, numRuns: 2000 },
  )
})
