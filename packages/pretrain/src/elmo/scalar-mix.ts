/** The weighted sum of layers that a task learns of an ELMo (Peters et al. 2018, equation 1). */
import {
  add,
  arrayOf,
  cast,
  div,
  ElmanError,
  expandDims,
  filled,
  mul,
  type NdArray,
  sliceAxis,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'

/** Options of {@link scalarMix}. */
export interface ScalarMixOptions {
  /** Layers to mix: 3 for an ELMo with two recurrent layers. */
  readonly layers: number
  /**
   * Whether each layer is first standardised by mean and variance over all unmasked tokens and features of the batch,
   * one number each, as AllenNLP does. A vector then depends on its neighbours. False unless given.
   */
  readonly layerNorm?: boolean | undefined
}

/** Parameters of a mix: γ () and w (layers), which softmax turns into weights. */
export type ScalarMixParameters = { readonly gamma: NdArray; readonly weights: NdArray }

/** A mix of layers. */
export interface ScalarMix {
  /** γ = 1 and equal weights. */
  init(dtype?: FloatType): ScalarMixParameters
  /**
   * γ · Σⱼ softmax(w)ⱼ · layerⱼ.
   *
   * @param layers - Each (…, features), all of one shape.
   * @param mask - (…) not zero at real tokens; all are real unless given. For `layerNorm` alone.
   * @throws `ELMO_LAYERS_DIFFER`
   */
  apply(
    parameters: { readonly gamma: Tensor; readonly weights: Tensor },
    layers: readonly Tensor[],
    mask?: Tensor,
  ): Tensor
}

/** What is added to a variance before its root: the `tiny_value` of AllenNLP. */
const TINY = 1e-13

/** A mix of so many layers. */
export function scalarMix({ layers: count, layerNorm = false }: ScalarMixOptions): ScalarMix {
  return {
    init: (dtype = 'float32') => ({
      gamma: arrayOf(1, dtype),
      weights: filled([count], 0, dtype),
    }),
    apply({ gamma, weights }, layers, mask) {
      if (layers.length !== count) throw layersDiffer(count, layers.length)
      const shares = softmax(weights)
      const parts = layers.map((layer, index) => {
        const normal = layerNorm ? standardizeBatch(layer, mask) : layer
        return mul(normal, sliceAxis(shares, 0, index, index + 1))
      })
      return mul(
        parts.reduce((total, part) => add(total, part)),
        gamma,
      )
    },
  }
}

/** λ · Σ w²: what keeps the weights of layers near each other. */
export function mixPenalty({ weights }: { readonly weights: Tensor }, lambda: number): Tensor {
  return mul(sum(square(weights)), lambda)
}

function standardizeBatch(layer: Tensor, mask: Tensor | undefined): Tensor {
  const features = layer.shape.at(-1)!
  const real = mask === undefined ? undefined : cast(expandDims(cast(mask, 'bool'), -1), layer.dtype)
  const masked = (x: Tensor) => (real === undefined ? x : mul(x, real))
  const count =
    real === undefined ? layer.shape.reduce((product, axis) => product * axis, 1) : mul(sum(real), features)
  const mean = div(sum(masked(layer)), count)
  const variance = div(sum(square(masked(sub(layer, mean)))), count)
  return div(sub(layer, mean), sqrt(add(variance, TINY)))
}

function layersDiffer(expected: number, found: number): ElmanError {
  return new ElmanError('ELMO_LAYERS_DIFFER', {
    message: 'the mix was made for another number of layers',
    expected: `${expected} layers`,
    found: `${found}`,
  })
}
