/** Losses as compositions of tensor functions; natural logarithms (nats) throughout. */
import type { Tensor, TensorLike } from '../ir/scope.ts'
import { add, cast, div, maximum, mul, softplus, square, sub } from '../ops/elementwise.ts'
import { logSoftmax, softmaxCrossEntropy } from '../ops/neural.ts'
import { mean, sum } from '../ops/reduction.ts'

/** How a loss of many elements becomes its result. */
export interface LossOptions {
  /** `mean` over the elements that count, `sum`, or `none`: one loss each. `mean` unless given. */
  readonly reduction?: 'mean' | 'sum' | 'none' | undefined
  /** Elements that count: bool, or weights of the loss's dtype; of the shape of the losses. */
  readonly mask?: Tensor | undefined
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends LossOptions {
  /** Part of the target's probability that is spread over all classes (Szegedy et al. 2016); 0 unless given. */
  readonly smoothing?: number | undefined
}

/**
 * Sum, mean or neither of losses. A mask multiplies them, and the mean divides by the mask's sum; a mask that is empty
 * gives 0.
 */
export function reduceLoss(losses: Tensor, { reduction = 'mean', mask }: LossOptions = {}): Tensor {
  if (mask === undefined)
    return reduction === 'none' ? losses : reduction === 'sum' ? sum(losses) : mean(losses)
  const weights = cast(mask, losses.dtype)
  const weighted = mul(losses, weights)
  if (reduction === 'none') return weighted
  if (reduction === 'sum') return sum(weighted)
  // The least positive divisor keeps an empty mask at 0 / tiny = 0.
  return div(sum(weighted), maximum(sum(weights), 1e-30))
}

/**
 * Cross entropy of softmax(logits): logits (..., classes), targets (...) int32. Infinite nowhere, however large the
 * logits.
 */
export function crossEntropy(logits: Tensor, targets: TensorLike, options: CrossEntropyOptions = {}): Tensor {
  const { smoothing = 0 } = options
  const hard = softmaxCrossEntropy(logits, targets)
  if (smoothing === 0) return reduceLoss(hard, options)
  const spread = mul(mean(logSoftmax(logits), -1), -smoothing)
  return reduceLoss(add(mul(hard, 1 - smoothing), spread), options)
}

/** (x − target)², element by element before the reduction. */
export function meanSquaredError(x: Tensor, targets: TensorLike, options: LossOptions = {}): Tensor {
  return reduceLoss(square(sub(x, targets)), options)
}

/** −t·ln σ(x) − (1 − t)·ln σ(−x) for targets t in [0, 1], element by element before the reduction. */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  targets: TensorLike,
  options: LossOptions = {},
): Tensor {
  return reduceLoss(sub(softplus(logits), mul(logits, targets)), options)
}
