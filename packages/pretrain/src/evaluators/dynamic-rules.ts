/** The updates of dynamic evaluation: as part of the graph that scores a segment, one parameter at a time. */
import { add, mul, sub, type Tensor } from '@elman/core'
import type { Floats, GradientStatistics } from './gradient-statistics.ts'

/** How a parameter follows a gradient. */
export interface UpdateRule {
  /** What it reads besides: arrays of the parameter's shape. */
  readonly arrays: readonly RuleArray[]
  /** The new value, from value, gradient and those arrays. */
  update(value: Tensor, gradient: Tensor, arrays: readonly Tensor[]): Tensor
}

/** θ₀; λ · D, at most 1; η / (MS + ε). */
export type RuleArray = 'start' | 'pull' | 'step'

/** θ += λ · (θ₀ − θ) − η · g. With λ = 0 plain gradient descent (Mikolov et al. 2010). */
export function sgdRule({ rate, decay }: { readonly rate: number; readonly decay: number }): UpdateRule {
  return {
    arrays: decay === 0 ? [] : ['start'],
    update(value, gradient, [start]) {
      const pulled = start === undefined ? value : add(value, mul(sub(start, value), decay))
      return sub(pulled, mul(gradient, rate))
    },
  }
}

/** θ += λ · D · (θ₀ − θ) − η · g / (MS + ε) (Krause et al. 2018); {@link rmsArrays} makes the arrays. */
export const rmsRule: UpdateRule = {
  arrays: ['start', 'pull', 'step'],
  update(value, gradient, [start, pull, step]) {
    return sub(add(value, mul(pull!, sub(start!, value))), mul(step!, gradient))
  },
}

/** η, λ and ε, and what units they are in. */
export interface RmsSettings {
  readonly rate: number
  readonly decay: number
  readonly epsilon: number
  readonly settings: 'mean' | 'sum'
}

/**
 * λ · D and η / (MS + ε) of each element, with MS = √(mean g²) over training, D = MS / (mean of MS), and D no larger
 * than 1 / λ, so that no step passes over θ₀ (dynamiceval.py). The mean of MS is that over parameters of each one's
 * mean; a parameter that the loss does not depend on does not count.
 *
 * Settings of unit `sum` are those of the paper's first code, where MS was √(Σ g²) and D was divided by the sum over
 * parameters: λ is divided by the number of parameters, η and ε by √batches.
 */
export function rmsArrays(
  { rootMeanSquares, batches }: GradientStatistics,
  { rate, decay, epsilon, settings }: RmsSettings,
): { readonly pull: readonly (Floats | undefined)[]; readonly step: readonly (Floats | undefined)[] } {
  const means = rootMeanSquares.map(values => (values === undefined ? 0 : meanOf(values)))
  const counted = means.filter(mean => mean > 0)
  const mean = counted.reduce((total, each) => total + each, 0) / counted.length
  const scale = settings === 'mean' ? 1 : 1 / Math.sqrt(batches)
  const pullOf = (settings === 'mean' ? decay : decay / counted.length) / mean
  return {
    pull: rootMeanSquares.map(values => mapped(values, each => Math.min(pullOf * each, 1))),
    step: rootMeanSquares.map(values => mapped(values, each => (rate * scale) / (each + epsilon * scale))),
  }
}

function meanOf(values: Floats): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total / values.length
}

function mapped(values: Floats | undefined, change: (value: number) => number): Floats | undefined {
  const result = values?.slice()
  for (let i = 0; i < (result?.length ?? 0); i++) result![i] = change(result![i]!)
  return result
}
