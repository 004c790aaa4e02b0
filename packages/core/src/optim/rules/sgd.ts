import { defineComponent, OPTIMIZER } from '../../container/extension-point.ts'
import { mul, sub } from '../../ops/elementwise.ts'
import { type CommonOptions, commonConfig, leafwise } from '../leaf-rule.ts'
import type { Optimizer } from '../optimizer.ts'

/** Stochastic gradient descent: w ← w − rate·g. Weight decay λ adds λ·w to g. */
export function sgd(options: CommonOptions): Optimizer {
  return leafwise(
    {
      slots: {},
      decay: 'gradient',
      begin:
        () =>
        ({ parameter, gradient, rate }) => ({ parameter: sub(parameter, mul(gradient, rate)), state: {} }),
    },
    options,
  )
}

/** Registry entry `sgd`. */
export const sgdComponent = defineComponent(OPTIMIZER, {
  type: 'sgd',
  summary: 'stochastic gradient descent without momentum',
  config: commonConfig(1),
  create: sgd,
})
