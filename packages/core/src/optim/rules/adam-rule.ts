/** The equations that Adam and AdamW share; they differ in where weight decay enters. */
import { z } from 'zod'
import type { Tensor } from '../../ir/scope.ts'
import { add, cast, div, maximum, mul, sqrt, square, sub, tanh } from '../../ops/elementwise.ts'
import type { NdArray } from '../../tensor/nd-array.ts'
import { type CommonOptions, type LeafRule, zerosLike } from '../leaf-rule.ts'

/** Options of Adam and AdamW. */
export interface AdamOptions extends CommonOptions {
  /** What remains of the mean gradient (β₁) and of the mean square (β₂); 0.9 and 0.999 unless given. */
  readonly betas?: readonly [number, number] | undefined
  /** Added to the root of the corrected mean square; 1e-8 unless given. */
  readonly epsilon?: number | undefined
  /** Divides by the largest mean square so far (Reddi et al. 2018). */
  readonly amsgrad?: boolean | undefined
}

/** Schema of the options that are Adam's own. */
export const adamShape = {
  betas: z
    .tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])
    .default([0.9, 0.999])
    .describe('what remains of the mean gradient and of the mean square'),
  epsilon: z.number().nonnegative().default(1e-8).describe('added to the root'),
  amsgrad: z.boolean().default(false).describe('whether the largest mean square so far divides'),
}

/** Slots of Adam: the running means of g and g², and with `amsgrad` the largest of the latter. */
export type AdamSlot = 'first' | 'second' | 'largest'

/**
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − rate · m̂ / (√v̂ + ε), m̂ and v̂ corrected for their start at
 * zero. The corrections are scalars, so they go into the rate and ε: √c₂/c₁·rate and √c₂·ε.
 */
export function adamRule(decay: LeafRule['decay'], options: AdamOptions): LeafRule<AdamSlot> {
  const { betas = [0.9, 0.999], epsilon = 1e-8, amsgrad = false } = options
  const [beta1, beta2] = betas
  const slots = { first: zerosLike, second: zerosLike, ...(amsgrad ? { largest: zerosLike } : {}) }
  return {
    slots: slots as { [Name in AdamSlot]: (parameter: NdArray) => NdArray },
    decay,
    begin:
      step =>
      ({ parameter, gradient, rate, state }) => {
        const updates = add(cast(step, rate.dtype), 1)
        const root = sqrt(oneMinusPower(beta2, updates))
        const scaledRate = mul(rate, div(root, oneMinusPower(beta1, updates)))
        const first = add(mul(state.first, beta1), mul(gradient, 1 - beta1))
        const second = add(mul(state.second, beta2), mul(square(gradient), 1 - beta2))
        const largest = amsgrad ? maximum(state.largest, second) : second
        const scaled = div(first, add(sqrt(largest), mul(root, epsilon)))
        return { parameter: sub(parameter, mul(scaled, scaledRate)), state: { first, second, largest } }
      },
  }
}

/**
 * 1 − βⁿ for a scalar n > 0, as 2t / (1 + t) with t = tanh(−n·ln β / 2): the difference itself loses most digits of
 * float32 when β is near 1.
 */
function oneMinusPower(beta: number, n: Tensor): Tensor {
  if (beta === 0) return div(n, n)
  const t = tanh(mul(n, -Math.log(beta) / 2))
  return div(mul(t, 2), add(t, 1))
}
