import { type DType, ElmanError } from '@elman/core'

/** Element types that graphs use inside: those of arrays, and a few that never leave the graph. */
export type OnnxElementType = DType | 'uint8' | 'int8' | 'uint32' | 'uint64' | 'float16'

/** Numbers of `TensorProto.DataType`, as the `to` of Cast and the `dtype` of EyeLike want them. */
export const ELEMENT_TYPE_NUMBER: Readonly<Record<OnnxElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
}

/** Bytes of one element in `raw_data`. */
export const ELEMENT_TYPE_BYTES: Readonly<Record<OnnxElementType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
}

const NAMES = new Map(Object.entries(ELEMENT_TYPE_NUMBER).map(([name, n]) => [n, name as OnnxElementType]))

/**
 * The name of a `TensorProto.DataType` number.
 *
 * @throws `ONNX_MALFORMED` for a type that elman does not read (strings, complex, bfloat16, float8, int4).
 */
export function elementTypeOf(number: number): OnnxElementType {
  const name = NAMES.get(number)
  if (name !== undefined) return name
  throw new ElmanError('ONNX_MALFORMED', {
    message: `element type ${number} is not one that elman reads`,
    expected: [...NAMES].map(([n, text]) => `${n} ${text}`).join(', '),
  })
}
