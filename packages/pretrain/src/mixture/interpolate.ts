/** Linear interpolation of scorers: the weighted mean of their probabilities, token by token. */
import { ElmanError } from '@elman/core'
import { scoresOf } from './score-tokens.ts'
import type { TokenScorer } from './token-scorer.ts'

/** A scorer and its part of a mixture. */
export interface WeightedScorer {
  readonly scorer: TokenScorer
  /** Above 0; the weights of a mixture sum to 1. */
  readonly weight: number
}

/** A mixture of scorers. */
export interface InterpolatedScorer extends TokenScorer {
  readonly parts: readonly WeightedScorer[]
}

/** Most that the sum of weights may differ from 1. */
const TOLERANCE = 1e-9

/**
 * Mixes scorers over one vocabulary: P(w) = Σ weight · P_scorer(w), computed from logarithms without underflow. Where a
 * scorer has no distribution (NaN) the weights of the others are scaled to 1, so that the mixture has one.
 *
 * @param name - The parts' names and weights unless given.
 * @throws `MIXTURE_WEIGHTS_INVALID`; `SCORER_LENGTH` when it scores
 */
export function interpolate(parts: readonly WeightedScorer[], name?: string): InterpolatedScorer {
  const weights = parts.map(({ weight }) => weight)
  checkWeights(weights)
  return {
    name:
      name ?? parts.map(({ scorer, weight }) => `${Number(weight.toFixed(4))} ${scorer.name}`).join(' + '),
    adaptive: parts.some(({ scorer }) => scorer.adaptive),
    parts,
    async logProbabilities(ids) {
      const columns: Float64Array[] = []
      for (const { scorer } of parts) columns.push(await scoresOf(scorer, ids))
      return mixLogProbabilities(columns, weights)
    },
  }
}

/** Logarithm of the weighted mean of probabilities at each token, given their logarithms by scorer. */
export function mixLogProbabilities(
  columns: readonly Float64Array[],
  weights: readonly number[],
): Float64Array {
  const logWeights = weights.map(Math.log)
  const result = new Float64Array(columns[0]!.length)
  for (let token = 0; token < result.length; token++) {
    let highest = Number.NEGATIVE_INFINITY
    let mass = 0 // of the weights of scorers that have a distribution
    for (let part = 0; part < columns.length; part++) {
      const value = columns[part]![token]!
      if (Number.isNaN(value)) continue
      mass += weights[part]!
      highest = Math.max(highest, value + logWeights[part]!)
    }
    if (mass === 0 || highest === Number.NEGATIVE_INFINITY) {
      result[token] = mass === 0 ? Number.NaN : highest
      continue
    }
    let sum = 0
    for (let part = 0; part < columns.length; part++) {
      const value = columns[part]![token]!
      if (!Number.isNaN(value)) sum += Math.exp(value + logWeights[part]! - highest)
    }
    result[token] = highest + Math.log(sum) - Math.log(mass)
  }
  return result
}

/** @throws `MIXTURE_WEIGHTS_INVALID` unless there are some weights above 0 that sum to 1 */
export function checkWeights(weights: readonly number[]): void {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (weights.length > 0 && weights.every(weight => weight > 0) && Math.abs(sum - 1) <= TOLERANCE) return
  throw new ElmanError('MIXTURE_WEIGHTS_INVALID', {
    message: 'the weights of a mixture are not a distribution',
    expected: 'numbers above 0 that sum to 1',
    found: weights.length === 0 ? 'no parts' : `${weights.join(' + ')} = ${sum}`,
    hint: 'fitWeights finds weights on a validation text',
  })
}
