import { ElmanError, type NdArray } from '@elman/core'
import type { OnnxGraph } from './graph.ts'

/** A node attribute with its ONNX type said aloud: `1` alone could be an int or a float. */
export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'ints'; readonly value: readonly (number | bigint)[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: NdArray }
  | { readonly kind: 'graph'; readonly value: OnnxGraph }

/** Numbers of `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE_NUMBER: Readonly<Record<OnnxAttribute['kind'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
}

/**
 * A 64-bit integer attribute, such as an axis.
 *
 * @throws `ONNX_BAD_ATTRIBUTE` when the number is not a whole one that doubles hold exactly.
 */
export function int(value: number | bigint): OnnxAttribute {
  return { kind: 'int', value: whole(value) }
}

/**
 * A list of 64-bit integers, such as pads.
 *
 * @throws `ONNX_BAD_ATTRIBUTE` as {@link int} does.
 */
export function ints(value: readonly (number | bigint)[]): OnnxAttribute {
  return { kind: 'ints', value: value.map(whole) }
}

/** A float32 attribute, such as Gemm's alpha. */
export function float(value: number): OnnxAttribute {
  return { kind: 'float', value }
}

/** A list of float32. */
export function floats(value: readonly number[]): OnnxAttribute {
  return { kind: 'floats', value: [...value] }
}

/** A string attribute, such as `reduction: 'add'`. */
export function string(value: string): OnnxAttribute {
  return { kind: 'string', value }
}

/** A list of strings. */
export function strings(value: readonly string[]): OnnxAttribute {
  return { kind: 'strings', value: [...value] }
}

/** A tensor attribute, such as the value of ConstantOfShape. The data must not change until the model is encoded. */
export function tensor(value: NdArray): OnnxAttribute {
  return { kind: 'tensor', value }
}

/** A sub-graph, such as the body of Scan, Loop or If; made by {@link OnnxGraph.body}. */
export function graph(value: OnnxGraph): OnnxAttribute {
  return { kind: 'graph', value }
}

function whole(value: number | bigint): number | bigint {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return value
  throw new ElmanError('ONNX_BAD_ATTRIBUTE', {
    message: 'an int attribute must be a whole number',
    found: String(value),
    hint: 'use float(x) for a float attribute',
  })
}
