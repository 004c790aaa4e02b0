/** Limits on gradients, as traced functions of trees. */
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { TensorParameters } from '../nn/layer.ts'
import { add, div, maximum, minimum, mul, sqrt, square } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { stack } from '../ops/shape.ts'
import { leavesOf, withLeaves } from '../transform/tree.ts'

/** Clipped gradients, and the norms before clipping. */
export interface ClippedGradients extends GradientNorms {
  readonly gradients: TensorParameters
}

/** Euclidean norms of gradients. */
export interface GradientNorms {
  /** Of all elements of all leaves, scalar. */
  readonly norm: Tensor
  /** Of each leaf, in the order of the leaves. */
  readonly norms: Tensor
}

/** The norms of gradients, together and leaf by leaf. */
export function gradientNorms(gradients: TensorParameters): GradientNorms {
  const squares = stack(leavesOf<Tensor>(gradients, isTensor).map(leaf => sum(square(leaf))))
  return { norm: sqrt(sum(squares)), norms: sqrt(squares) }
}

/** The Euclidean norm of all elements of all leaves, scalar. */
export function globalNorm(gradients: TensorParameters): Tensor {
  return gradientNorms(gradients).norm
}

/**
 * Scales gradients by min(1, limit / (norm + 1e-6)), norm being that of all leaves together (Pascanu et al. 2013), as
 * `torch.nn.utils.clip_grad_norm_` does.
 *
 * @param limit number, or scalar of the gradients' dtype
 */
export function clipByGlobalNorm(gradients: TensorParameters, limit: number | Tensor): ClippedGradients {
  const norms = gradientNorms(gradients)
  const factor = minimum(div(limit, add(norms.norm, 1e-6)), 1)
  const clipped = leavesOf<Tensor>(gradients, isTensor).map(leaf => mul(leaf, factor))
  return { gradients: withLeaves(gradients, isTensor, clipped) as TensorParameters, ...norms }
}

/** Brings every element into [−limit, limit]. */
export function clipByValue(gradients: TensorParameters, limit: number): TensorParameters {
  const clipped = leavesOf<Tensor>(gradients, isTensor).map(leaf => minimum(maximum(leaf, -limit), limit))
  return withLeaves(gradients, isTensor, clipped) as TensorParameters
}
