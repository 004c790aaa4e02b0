import { type NdArray, ndArray } from '@elman/core'
import type { FloatType } from '../sequence/stateful-layer.ts'

/**
 * Sinusoidal codes of positions (Vaswani et al. 2017, section 3.5): sin(p / 10000^(2i / size)) in column 2i, the cosine
 * of the same in column 2i + 1.
 *
 * @returns (positions, size)
 */
export function sinusoids(positions: readonly number[], size: number, dtype: FloatType = 'float32'): NdArray {
  const values = positions.flatMap(position =>
    Array.from({ length: size }, (_, column) => {
      const angle = position / 10_000 ** ((2 * Math.floor(column / 2)) / size)
      return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
    }),
  )
  const data = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values)
  return ndArray(dtype, [positions.length, size], data)
}
