/** What answers are worth: the loss that training lowers, and how many steps of a string are wrong. */
import {
  argMax,
  binaryCrossEntropyWithLogits,
  cast,
  crossEntropy,
  equal,
  greater,
  mean,
  mul,
  reduceLoss,
  sub,
  sum,
  type Tensor,
} from '@elman/core'
import type { Encoding } from '../languages/encoding.ts'

/** A batch while it is traced. */
export interface TensorStrings {
  readonly inputs: Tensor
  readonly targets: Tensor
  readonly scored: Tensor
}

/** Mean loss of the scored steps, in nats; with flags, the mean over the flags of a step. */
export function scoredLoss(
  { target }: Pick<Encoding, 'target'>,
  logits: Tensor,
  { targets, scored }: TensorStrings,
): Tensor {
  if (target === 'class') return crossEntropy(logits, targets, { mask: scored })
  const losses = mean(binaryCrossEntropyWithLogits(logits, targets, { reduction: 'none' }), -1)
  return reduceLoss(losses, { mask: scored })
}

/** Scored steps of each string that are wrong, (batch) float32. With flags a step is right when all of them are. */
export function wrongSteps(
  { target, outputs }: Pick<Encoding, 'target' | 'outputs'>,
  logits: Tensor,
  { targets, scored }: TensorStrings,
): Tensor {
  const right =
    target === 'class'
      ? equal(argMax(logits), targets)
      : equal(sum(cast(equal(cast(greater(logits, 0), 'float32'), targets), 'float32'), -1), outputs)
  return sum(mul(sub(1, cast(right, 'float32')), scored), 0)
}
