// Reads the protobuf wire format. Every length is checked against the bytes that are there before anything is made of
// it, so a damaged file ends in ONNX_MALFORMED and never in a huge allocation or an endless loop.
import { ElmanError } from '@elman/core'

/** One field of a message: varints as bigint, fixed-width numbers as their bytes. */
export interface ProtobufField {
  readonly field: number
  readonly wireType: number
  /** The value of a varint field, unsigned; 0 for others. */
  readonly integer: bigint
  /** The payload of a length-delimited or fixed-width field (a view, not a copy). */
  readonly bytes: Uint8Array
}

const NOTHING = new Uint8Array(0)

/**
 * The fields of a message in the order of the file.
 *
 * @param where - named in errors, such as `graph.node`.
 * @throws `ONNX_MALFORMED` when a tag, a varint or a length runs past the end, or a wire type is unknown.
 */
export function* readFields(bytes: Uint8Array, where: string): Generator<ProtobufField> {
  const cursor: Cursor = { bytes, at: 0, where }
  while (cursor.at < bytes.length) {
    const start = cursor.at
    const tag = readVarint(cursor)
    const field = Number(tag >> 3n)
    const wireType = Number(tag & 7n)
    if (field < 1 || field > 0x1fffffff) throw malformed(where, start, `field number ${field}`)
    if (wireType === 0) yield { field, wireType, integer: readVarint(cursor), bytes: NOTHING }
    else if (wireType === 1) yield { field, wireType, integer: 0n, bytes: take(cursor, 8) }
    else if (wireType === 2)
      yield { field, wireType, integer: 0n, bytes: take(cursor, Number(readVarint(cursor))) }
    else if (wireType === 5) yield { field, wireType, integer: 0n, bytes: take(cursor, 4) }
    else throw malformed(where, start, `wire type ${wireType}`)
  }
}

/** Signed 64-bit value of a varint field. */
export function signed(field: ProtobufField): bigint {
  return BigInt.asIntN(64, field.integer)
}

/** Values of a repeated int64 field, which may come packed or one by one. */
export function packedIntegers(field: ProtobufField, where: string): bigint[] {
  if (field.wireType === 0) return [signed(field)]
  const cursor: Cursor = { bytes: field.bytes, at: 0, where }
  const values: bigint[] = []
  while (cursor.at < field.bytes.length) values.push(BigInt.asIntN(64, readVarint(cursor)))
  return values
}

/** Values of a float or repeated float field, packed or one by one. */
export function packedFloats(field: ProtobufField, where: string): number[] {
  const { bytes } = field
  if (bytes.length % 4 !== 0) throw malformed(where, 0, `${bytes.length} bytes of float32`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true))
}

/** Text of a string field; invalid UTF-8 is an error. */
export function text(field: ProtobufField, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(field.bytes)
  } catch {
    throw malformed(where, 0, 'text that is not UTF-8')
  }
}

/** The error for bytes that are no ONNX model. */
export function malformed(where: string, at: number, found: string): ElmanError {
  return new ElmanError('ONNX_MALFORMED', {
    message: 'these bytes are not a valid ONNX model',
    found: `${found} at byte ${at} of ${where}`,
    hint: 'the file is damaged or cut short: make or fetch it again',
  })
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
  readonly where: string
}

function readVarint(cursor: Cursor): bigint {
  const start = cursor.at
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++]
    if (byte === undefined) throw malformed(cursor.where, start, 'a number cut short')
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asUintN(64, value)
  }
  throw malformed(cursor.where, start, 'a number longer than ten bytes')
}

function take(cursor: Cursor, length: number): Uint8Array {
  const left = cursor.bytes.length - cursor.at
  if (length > left) throw malformed(cursor.where, cursor.at, `a length of ${length} with ${left} bytes left`)
  const taken = cursor.bytes.subarray(cursor.at, cursor.at + length)
  cursor.at += length
  return taken
}
