import { filled, type Key, type NdArray, ndArray, random, type Shape, sizeOf } from '@elman/core'
import type { CellOptions } from './cell-options.ts'

/** Floating dtypes of parameters. */
export type FloatType = 'float32' | 'float64'

/** Draws the named parameters of a cell, uniform in ± `initialScale`. Each name has a stream of its own. */
export function uniformParameters<Name extends string>(
  key: Key,
  dtype: FloatType,
  options: CellOptions,
  shapes: { readonly [N in Name]: Shape },
): { [N in Name]: NdArray } {
  const scale = options.initialScale ?? 1 / Math.sqrt(options.hidden)
  const draw = ([name, shape]: [string, Shape]) => {
    const data = random.uniform(random.foldIn(key, name), sizeOf(shape), dtype)
    return [name, ndArray(dtype, shape, data.map(u => (2 * u - 1) * scale) as typeof data)]
  }
  return Object.fromEntries(Object.entries<Shape>(shapes).map(draw)) as { [N in Name]: NdArray }
}

/** `bias` with gate number `gate` of width `hidden` set to `value`; as it is when `value` is undefined. */
export function withGateBias(
  bias: NdArray,
  gate: number,
  hidden: number,
  value: number | undefined,
): NdArray {
  if (value === undefined) return bias
  const data = bias.data.slice() as Float32Array | Float64Array
  data.fill(value, gate * hidden, (gate + 1) * hidden)
  return { ...bias, data }
}

/** A gain of layer normalisation: ones. */
export function ones(size: number, dtype: FloatType): NdArray {
  return filled([size], 1, dtype)
}
