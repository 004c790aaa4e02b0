/** Weights of a mixture by expectation-maximisation on a held-out text (Jelinek & Mercer 1980). */
import { ElmanError } from '@elman/core'
import { checkWeights, type InterpolatedScorer, interpolate, mixLogProbabilities } from './interpolate.ts'
import { scoresOf } from './score-tokens.ts'
import type { TokenScorer } from './token-scorer.ts'

/** How weights are fitted. */
export interface FitWeightsOptions {
  /** First weights, above 0; equal ones unless given. */
  readonly initial?: readonly number[] | undefined
  /** Most steps; 200 unless given. */
  readonly iterations?: number | undefined
  /** Ends once a step lowers the loss by less than this many nats a token; 1e-7 unless given. */
  readonly tolerance?: number | undefined
}

/** Fitted weights, and how they were found. */
export interface FittedWeights {
  readonly weights: readonly number[]
  /** Perplexity of the held-out text before each step and after the last; never rising but for rounding. */
  readonly perplexities: readonly number[]
  /** Steps taken. */
  readonly iterations: number
  /** Whether the last step changed less than the tolerance. */
  readonly converged: boolean
  /** Tokens that weights were fitted on: those for which every scorer has a distribution and one a probability above 0. */
  readonly tokens: number
}

/** A mixture with fitted weights. */
export interface FittedMixture {
  readonly scorer: InterpolatedScorer
  readonly fit: FittedWeights
}

/**
 * Fits the weights of a mixture on a held-out text. The loss is convex in the weights, so the start does not matter
 * but for the number of steps.
 *
 * @param heldOut - Never the text that is scored with the mixture in the end.
 * @throws `MIXTURE_WEIGHTS_INVALID`, `MIXTURE_TEXT_EMPTY`, `SCORER_LENGTH`
 */
export async function fitMixture(
  scorers: readonly TokenScorer[],
  heldOut: Int32Array,
  options: FitWeightsOptions = {},
): Promise<FittedMixture> {
  const columns: Float64Array[] = []
  for (const scorer of scorers) columns.push(await scoresOf(scorer, heldOut))
  const fit = fitWeights(columns, options)
  const parts = scorers.map((scorer, part) => ({ scorer, weight: fit.weights[part]! }))
  return { scorer: interpolate(parts.filter(({ weight }) => weight > 0)), fit }
}

/**
 * The same on log-probabilities that are there already: by scorer, of the same tokens.
 *
 * @throws `MIXTURE_WEIGHTS_INVALID`, `MIXTURE_TEXT_EMPTY`
 */
export function fitWeights(
  columns: readonly Float64Array[],
  { initial, iterations = 200, tolerance = 1e-7 }: FitWeightsOptions = {},
): FittedWeights {
  let weights = initial ?? columns.map(() => 1 / columns.length)
  checkWeights(weights)
  const usable = usableTokens(columns)
  const tokens = usable[0]?.length ?? 0
  if (tokens === 0 || usable.length !== weights.length) {
    throw new ElmanError('MIXTURE_TEXT_EMPTY', {
      message: 'weights of a mixture are fitted on tokens that its scorers give a probability',
      expected: 'at least one token, and a weight for each scorer',
      found: `${tokens} tokens, ${weights.length} weights, ${columns.length} scorers`,
    })
  }
  const perplexities = [perplexityOf(usable, weights)]
  let converged = false
  let steps = 0
  while (steps < iterations && !converged) {
    weights = step(usable, weights)
    steps++
    const before = perplexities.at(-1)!
    perplexities.push(perplexityOf(usable, weights))
    converged = Math.log(before) - Math.log(perplexities.at(-1)!) < tolerance
  }
  return { weights, perplexities, iterations: steps, converged, tokens }
}

/** Each scorer's new weight is its mean share in the tokens' probabilities. */
function step(columns: readonly Float64Array[], weights: readonly number[]): number[] {
  const logWeights = weights.map(Math.log)
  const mixed = mixLogProbabilities(columns, weights)
  const shares = columns.map((column, part) => {
    let sum = 0
    for (let token = 0; token < column.length; token++)
      sum += Math.exp(column[token]! + logWeights[part]! - mixed[token]!)
    return sum / column.length
  })
  const total = shares.reduce((sum, share) => sum + share, 0) // 1 but for rounding
  return shares.map(share => share / total)
}

function perplexityOf(columns: readonly Float64Array[], weights: readonly number[]): number {
  let sum = 0
  for (const value of mixLogProbabilities(columns, weights)) sum += value
  return Math.exp(-sum / columns[0]!.length)
}

function usableTokens(columns: readonly Float64Array[]): Float64Array[] {
  const kept: number[] = []
  for (let token = 0; token < (columns[0]?.length ?? 0); token++) {
    const values = columns.map(column => column[token]!)
    if (values.every(value => !Number.isNaN(value)) && Math.max(...values) > Number.NEGATIVE_INFINITY)
      kept.push(token)
  }
  return columns.map(column => Float64Array.from(kept, token => column[token]!))
}
