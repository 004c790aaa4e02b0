/** The updates of dynamic evaluation: tight loops over a parameter's storage, in place, one pass over memory. */
import type { Floats, GradientStatistics } from './gradient-statistics.ts'

/** Changes one parameter by its gradient. */
export interface UpdateRule {
  /** Parameter `leaf`, where it started, and the segment's gradient; changes `values`. */
  update(leaf: number, values: Floats, start: Floats, gradient: Floats): void
}

/** η and λ. */
export interface SgdSettings {
  readonly rate: number
  readonly decay: number
}

/** θ += λ · (θ₀ − θ) − η · g. With λ = 0 plain gradient descent (Mikolov et al. 2010). */
export function sgdRule({ rate, decay }: SgdSettings): UpdateRule {
  return {
    update(_leaf, values, start, gradient) {
      if (decay === 0) {
        for (let i = 0; i < values.length; i++) values[i] = values[i]! - rate * gradient[i]!
        return
      }
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!
        values[i] = value + decay * (start[i]! - value) - rate * gradient[i]!
      }
    },
  }
}

/** η, λ and ε, and what units they are in. */
export interface RmsSettings extends SgdSettings {
  readonly epsilon: number
  readonly settings: 'mean' | 'sum'
}

/**
 * θ += λ · D · (θ₀ − θ) − η · g / (MS + ε), with MS = √(mean g²) over training, D = MS / (mean of MS), and D no larger
 * than 1 / λ, so that no step passes over θ₀ (Krause et al. 2018, dynamiceval.py). The mean of MS is that over
 * parameters of each one's mean; a parameter that the loss does not depend on does not count.
 *
 * Settings of unit `sum` are those of the paper's first code, where MS was √(Σ g²) and D was divided by the sum over
 * parameters: λ is divided by the number of parameters, η and ε by √batches.
 */
export function rmsRule(
  statistics: GradientStatistics,
  { rate, decay, epsilon, settings }: RmsSettings,
): UpdateRule {
  const { rootMeanSquares, batches } = statistics
  const means = rootMeanSquares
    .map(values => (values === undefined ? 0 : meanOf(values)))
    .filter(mean => mean > 0)
  const mean = means.reduce((total, each) => total + each, 0) / means.length
  const [rateFactor, decayFactor] = settings === 'mean' ? [1, 1] : [1 / Math.sqrt(batches), 1 / means.length]
  const pulls = rootMeanSquares.map(values =>
    mapped(values, each => Math.min((decay * decayFactor * each) / mean, 1)),
  )
  const steps = rootMeanSquares.map(values =>
    mapped(values, each => (rate * rateFactor) / (each + epsilon * rateFactor)),
  )
  return {
    update(leaf, values, start, gradient) {
      const [pull, step] = [pulls[leaf]!, steps[leaf]!]
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!
        values[i] = value + pull[i]! * (start[i]! - value) - step[i]! * gradient[i]!
      }
    },
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
