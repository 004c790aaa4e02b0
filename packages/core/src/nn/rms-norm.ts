import { z } from 'zod'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { add, div, mul, sqrt, square } from '../ops/elementwise.ts'
import { mean } from '../ops/reduction.ts'
import { filled } from '../tensor/nd-array.ts'
import type { FlatLayer } from './layer.ts'

/** Options of {@link rmsNorm}. */
export interface RmsNormOptions {
  /** Features of x. */
  readonly size: number
  /** Added to the mean square; 1e-5 unless given. */
  readonly epsilon?: number | undefined
}

/**
 * Root mean square normalisation (Zhang & Sennrich 2019) over the last axis: gain ⊙ x / √(mean(x²) + ε).
 * Parameter: `gain` (size), ones at the start.
 */
export function rmsNorm({ size, epsilon = 1e-5 }: RmsNormOptions): FlatLayer {
  return {
    init: (_key, dtype = 'float32') => ({ gain: filled([size], 1, dtype) }),
    apply({ gain }, x) {
      const root = sqrt(add(mean(square(x), -1, { keepDims: true }), epsilon))
      return mul(div(x, root), gain!)
    },
  }
}

/** Registry entry `rms-norm`. */
export const rmsNormComponent = defineComponent(LAYER, {
  type: 'rms-norm',
  summary: 'root mean square 1 over the features (Zhang & Sennrich 2019)',
  config: z.strictObject({
    size: z.int().positive().describe('features of the input'),
    epsilon: z.number().positive().default(1e-5).describe('added to the mean square'),
  }),
  create: rmsNorm,
})
