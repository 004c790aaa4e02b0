import { z } from 'zod'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { add, mul } from '../ops/elementwise.ts'
import { standardize } from '../ops/reduction.ts'
import { filled } from '../tensor/nd-array.ts'
import type { FlatLayer } from './layer.ts'

/** Options of {@link layerNorm}. */
export interface LayerNormOptions {
  /** Features of x. */
  readonly size: number
  /** Added to the variance; 1e-5 unless given. */
  readonly epsilon?: number | undefined
  /** Whether gain and bias are learnt; true unless given. */
  readonly affine?: boolean | undefined
}

/**
 * Layer normalisation (Ba et al. 2016) over the last axis: gain ⊙ (x − mean) / √(variance + ε) + bias.
 * Parameters with `affine`: `gain` and `bias` (size), ones and zeros at the start.
 */
export function layerNorm({ size, epsilon = 1e-5, affine = true }: LayerNormOptions): FlatLayer {
  return {
    init: (_key, dtype = 'float32') =>
      affine ? { gain: filled([size], 1, dtype), bias: filled([size], 0, dtype) } : {},
    apply({ gain, bias }, x) {
      const normal = standardize(x, -1, epsilon)
      return gain === undefined || bias === undefined ? normal : add(mul(normal, gain), bias)
    },
  }
}

/** Registry entry `layer-norm`. */
export const layerNormComponent = defineComponent(LAYER, {
  type: 'layer-norm',
  summary: 'mean 0 and variance 1 over the features (Ba et al. 2016)',
  config: z.strictObject({
    size: z.int().positive().describe('features of the input'),
    epsilon: z.number().positive().default(1e-5).describe('added to the variance'),
    affine: z.boolean().default(true).describe('whether gain and bias are learnt'),
  }),
  create: layerNorm,
})
