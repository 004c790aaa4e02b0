/** CRC-32C (Castagnoli), the checksum of TFRecord files; RFC 3720 appendix B.4 has known answers. */

/** Reflected polynomial 0x1edc6f41. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/** The checksum as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}

/** The checksum as TFRecord stores it: rotated and shifted, so that a checksum of checksums stays sound. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const value = crc32c(bytes)
  return (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0
}
