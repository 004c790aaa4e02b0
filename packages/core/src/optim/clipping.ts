/** Limits on gradients, as traced functions of trees. */
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { TensorParameters } from '../nn/layer.ts'
import { add, div, maximum, minimum, mul, sqrt, square } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { stack } from '../ops/shape.ts'
import { leavesOf, withLeaves } from '../transform/tree.ts'

/** Clipped gradients and the norm before. */
export interface ClippedGradients {
  readonly gradients: TensorParameters
  /** Global norm before clipping, scalar. */
  readonly norm: Tensor
}

/** The Euclidean norm of all elements of all leaves, scalar. */
export function globalNorm(gradients: TensorParameters): Tensor {
  const squares = leavesOf<Tensor>(gradients, isTensor).map(leaf => sum(square(leaf)))
  return sqrt(sum(stack(squares)))
}

/**
 * Scales gradients by min(1, limit / (norm + 1e-6)), norm being that of all leaves together (Pascanu et al. 2013), as
 * `torch.nn.utils.clip_grad_norm_` does.
 *
 * @param limit number, or scalar of the gradients' dtype
 */
export function clipByGlobalNorm(gradients: TensorParameters, limit: number | Tensor): ClippedGradients {
  const norm = globalNorm(gradients)
  const factor = minimum(div(limit, add(norm, 1e-6)), 1)
  const clipped = leavesOf<Tensor>(gradients, isTensor).map(leaf => mul(leaf, factor))
  return { gradients: withLeaves(gradients, isTensor, clipped) as TensorParameters, norm }
}

/** Brings every element into [−limit, limit]. */
export function clipByValue(gradients: TensorParameters, limit: number): TensorParameters {
  const clipped = leavesOf<Tensor>(gradients, isTensor).map(leaf => minimum(maximum(leaf, -limit), limit))
  return withLeaves(gradients, isTensor, clipped) as TensorParameters
}
