import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { commonConfig, leafwise } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'
import { type AdamOptions, adamRule, adamShape } from './adam-rule.ts'

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): weights shrink by rate·λ apart from the gradient.
 * Slots `first`, `second`, `largest`. A function call without `weightDecay` decays by nothing; the registry's default
 * is 0.01.
 */
export function adamW(options: AdamOptions): Optimizer {
  return leafwise(adamRule('parameter', options), options)
}

/** Registry entry `adamw`. */
export const adamWComponent = defineComponent(OPTIMIZER, {
  type: 'adamw',
  summary: 'Adam with decoupled weight decay (Loshchilov & Hutter 2019)',
  config: commonConfig(0.001, 0.01).extend(adamShape),
  create: adamW,
})
