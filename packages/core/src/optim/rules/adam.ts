import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { commonConfig, leafwise } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'
import { type AdamOptions, adamRule, adamShape } from './adam-rule.ts'

/** Adam (Kingma & Ba 2015). Weight decay λ adds λ·w to the gradient. Slots `first`, `second`, `largest`. */
export function adam(options: AdamOptions): Optimizer {
  return leafwise(adamRule('gradient', options), options)
}

/** Registry entry `adam`. */
export const adamComponent = defineComponent(OPTIMIZER, {
  type: 'adam',
  summary: 'Adam (Kingma & Ba 2015), with amsgrad as an option',
  config: commonConfig(0.001).extend(adamShape),
  create: adam,
})
