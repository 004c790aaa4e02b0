/** Linear maps that start as those of most libraries: uniform in ± 1 / √fan-in, weights and biases alike. */
import { type Key, type NdArray, ndArray, random, type Shape, sizeOf } from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'

/** Shapes of parameters by name, with the number of features that the product they belong to sums over. */
export type LinearShapes = { readonly [name: string]: { readonly shape: Shape; readonly fanIn: number } }

/** Draws parameters uniform in ± 1 / √fanIn, or in ± `scale` where it is given. Each name has a stream of its own. */
export function fanInParameters(
  key: Key,
  dtype: FloatType,
  shapes: LinearShapes,
  scale?: number,
): { [name: string]: NdArray } {
  const drawn = Object.entries(shapes).map(([name, { shape, fanIn }]) => {
    const bound = scale ?? 1 / Math.sqrt(fanIn)
    const data = random.uniform(random.foldIn(key, name), sizeOf(shape), dtype)
    return [name, ndArray(dtype, shape, data.map(u => (2 * u - 1) * bound) as typeof data)] as const
  })
  return Object.fromEntries(drawn)
}
