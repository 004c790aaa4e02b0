/**
 * Gradients of a batch that is too large for one pass: as a sum over several compiled calls (`accumulateGradients`), or
 * as a loop inside one (`gradientsOverParts`).
 */
import { isTensor, type Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, mul } from '../ops/elementwise.ts'
import { filled, isNdArray, type NdArray } from '../tensor/nd-array.ts'
import { scan } from '../transform/scan.ts'
import { leavesOf, withLeaves } from '../transform/tree.ts'
import { zerosLike } from './leaf-rule.ts'

/** Zeros arranged like the parameters: the sum before the first part. */
export function zeroGradients(parameters: Parameters): Parameters {
  const leaves = leavesOf<NdArray>(parameters, isNdArray)
  return withLeaves(parameters, isNdArray, leaves.map(zerosLike)) as Parameters
}

/**
 * total + share · gradients, leaf by leaf. With share = (elements in this part) / (elements in all), gradients of mean
 * losses add up to the gradient of the mean over the whole batch.
 *
 * @param share number, or scalar of the gradients' dtype
 */
export function accumulateGradients(
  total: TensorParameters,
  gradients: TensorParameters,
  share: number | Tensor = 1,
): TensorParameters {
  const parts = leavesOf<Tensor>(gradients, isTensor)
  const sums = leavesOf<Tensor>(total, isTensor).map((leaf, i) =>
    add(leaf, share === 1 ? parts[i]! : mul(parts[i]!, share)),
  )
  return withLeaves(total, isTensor, sums) as TensorParameters
}

/**
 * Mean loss and gradients over equal parts of a batch, one part in memory at a time.
 *
 * @param lossAndGradients of one part, as `valueAndGrad(f)` gives it
 * @param parts number of parts; the leading axis of every batch tensor has this extent
 */
export function gradientsOverParts<Batch>(
  lossAndGradients: (parameters: TensorParameters, batch: Batch) => [Tensor, TensorParameters],
  parameters: TensorParameters,
  batch: Batch,
  parts: number,
): [Tensor, TensorParameters] {
  const share = 1 / parts
  const leaves = leavesOf<Tensor>(parameters, isTensor)
  const zeros = leaves.map(({ shape, dtype }) => filled(shape, 0, dtype))
  const [[loss, gradients]] = scan(
    ([total, sums]: readonly [Tensor, TensorParameters], part: Batch) => {
      // Captured first: a gradient of outer parameters would be taken outside the loop.
      const inside = leaves.map(leaf => total.scope.tensor(total.scope.reference(leaf)))
      const local = withLeaves(parameters, isTensor, inside) as TensorParameters
      const [value, grads] = lossAndGradients(local, part)
      return [[add(total, mul(value, share)), accumulateGradients(sums, grads, share)], []] as const
    },
    [filled([], 0, leaves[0]!.dtype), withLeaves(parameters, isTensor, zeros)] as never as readonly [
      Tensor,
      TensorParameters,
    ],
    batch,
  )
  return [loss, gradients]
}
