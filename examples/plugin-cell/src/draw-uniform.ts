import { type Key, type NdArray, ndArray, random, type Shape, sizeOf } from '@elman/core'

/** Draws arrays of the given shapes, uniform in ± `scale`; each name has random numbers of its own. */
export function drawUniform<Name extends string>(
  key: Key,
  scale: number,
  dtype: 'float32' | 'float64' = 'float32',
  shapes: { readonly [N in Name]: Shape },
): { [N in Name]: NdArray } {
  const drawn = Object.entries<Shape>(shapes).map(([name, shape]) => {
    const data = random.uniform(random.foldIn(key, name), sizeOf(shape), dtype)
    for (let i = 0; i < data.length; i++) data[i] = (2 * data[i]! - 1) * scale
    return [name, ndArray(dtype, shape, data)]
  })
  return Object.fromEntries(drawn) as { [N in Name]: NdArray }
}
