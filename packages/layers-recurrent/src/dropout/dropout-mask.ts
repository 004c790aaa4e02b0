/** What all kinds of dropout share: rates, keys, and when they act. */
import {
  bernoulliMask,
  ElmanError,
  foldInTensor,
  type LayerContext,
  type Shape,
  type Tensor,
} from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'

/**
 * Checks a dropout rate.
 *
 * @throws `DROPOUT_RATE_INVALID` when it is not in [0, 1)
 */
export function checkRate(rate: number, name: string): void {
  if (rate >= 0 && rate < 1) return
  throw new ElmanError('DROPOUT_RATE_INVALID', {
    message: `"${name}" was given rate ${rate}`,
    expected: 'a probability of dropping from 0 up to, without, 1',
  })
}

/**
 * The key of a call's random choices.
 *
 * @throws `DROPOUT_KEY_MISSING` when the call is for training and has no key
 */
export function keyOf(context: LayerContext, name: string): Tensor {
  if (context.key !== undefined) return context.key
  throw new ElmanError('DROPOUT_KEY_MISSING', {
    message: `"${name}" draws a mask in training, but the call has no key`,
    hint: "pass { mode: 'train', key } with a key of this step, or mode: 'evaluate'",
  })
}

/** The context of numbered part `part` of a call: the same, with a key of its own. */
export function childContext(context: LayerContext, part: number): LayerContext {
  return context.key === undefined ? context : { ...context, key: foldInTensor(context.key, part) }
}

/**
 * An inverted-dropout mask: 1 / (1 − rate) with probability 1 − rate, else 0.
 *
 * @returns undefined when nothing is to be dropped: in evaluation, or at rate 0
 */
export function dropoutMask(
  context: LayerContext,
  shape: Shape,
  rate: number,
  dtype: FloatType,
  name: string,
): Tensor | undefined {
  checkRate(rate, name)
  if (context.mode === 'evaluate' || rate === 0) return undefined
  return bernoulliMask(keyOf(context, name), shape, 1 - rate, dtype)
}
