import {
  add,
  div,
  ElmanError,
  exp,
  gather,
  logSoftmax,
  matmul,
  mul,
  softmaxCrossEntropy,
  sub,
  sum,
} from '@elman/core'
import { z } from 'zod'
import type { SoftmaxLayer } from './softmax-layer.ts'

/** The `augmentedLoss` part of a model's options. */
export const augmentedLossConfig = z.strictObject({
  weight: z.number().positive().describe('α: factor on the divergence (Inan et al. take γ · temperature)'),
  temperature: z.number().positive().default(20).describe('τ: divides the logits of both distributions'),
})

/** Options of {@link augmentedLoss}. */
export type AugmentedLossOptions = z.output<typeof augmentedLossConfig>

/** What the losses are called: a term is added to the negative log-probability. */
const AUGMENTED_LABEL = 'augmented loss (not comparable)'

/**
 * A softmax whose training loss also asks for words like the target (Inan et al. 2017): cross-entropy + α · KL(ỹ ‖ ŷ)
 * with ŷ = softmax(logits / τ) and ỹ = softmax(L u / τ), u the word vector of the target, L all word vectors. The
 * gradient goes through both distributions.
 *
 * @throws `SOFTMAX_NOT_PLAIN` for a softmax that is not one matrix of logits
 */
export function augmentedLoss(
  layer: SoftmaxLayer,
  { weight, temperature }: AugmentedLossOptions,
): SoftmaxLayer {
  if (!layer.plain) throw notPlain('the augmented loss', 'leave "augmentedLoss" out')
  return {
    ...layer,
    plain: false,
    label: AUGMENTED_LABEL,
    losses(parameters, input, targets) {
      const logits = layer.logits(parameters, input)
      const { table } = input
      const likeness = matmul(gather(table, targets), table, { transposeB: true }) // (time · batch, vocabulary)
      const wanted = logSoftmax(div(likeness, temperature))
      const given = logSoftmax(div(logits, temperature))
      const divergence = sum(mul(exp(wanted), sub(wanted, given)), -1)
      return add(softmaxCrossEntropy(logits, targets), mul(divergence, weight))
    },
  }
}

/** What needs a plain softmax and was given another. */
export function notPlain(what: string, way: string): ElmanError {
  return new ElmanError('SOFTMAX_NOT_PLAIN', {
    message: `${what} needs a softmax that is one matrix of logits`,
    expected: 'softmax "full"',
    hint: `${way}, or take softmax "full"`,
  })
}
