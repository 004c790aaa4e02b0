import { expect, test } from 'vitest'
import { crc32c, maskedCrc32c } from './crc32c.ts'

/** RFC 3720, appendix B.4, and the usual check value. */
test.each([
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['the digits 1 to 9', new TextEncoder().encode('123456789'), 0xe3069283],
])('the checksum of %s is the published one', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected)
})

test('the masked checksum of the first length in every TensorBoard file is the known one', () => {
  expect(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0))).toBe(0x224b7fa3)
})
