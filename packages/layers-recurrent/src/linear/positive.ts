/** The candidates of minGRU and minLSTM: as they are, or made positive so that logarithms of states exist. */
import {
  add,
  ElmanError,
  less,
  log,
  maximum,
  minimum,
  neg,
  select,
  sigmoid,
  softplus,
  type Tensor,
} from '@elman/core'
import { z } from 'zod'

/** What is written to the state, and with which numbers sequences are computed. */
export interface CandidateChoice {
  /** `positive` (the default): g(u) = u + ½ from 0 on, σ(u) below; `plain`: u itself. */
  readonly candidate?: 'positive' | 'plain' | undefined
  /**
   * `linear` (the default), or `log`: as logarithms, as in the paper. The numbers are the same; with positive
   * candidates nothing cancels in linear space either, and it is faster.
   */
  readonly space?: 'linear' | 'log' | undefined
}

/** Schema entries of {@link CandidateChoice}. */
export const candidateEntries = {
  candidate: z
    .enum(['positive', 'plain'])
    .default('positive')
    .describe('what is written: g(u) > 0, or u itself'),
  space: z
    .enum(['linear', 'log'])
    .default('linear')
    .describe('whether sequences are computed with numbers or with their logarithms'),
}

/** g(u) = u + ½ where u ≥ 0, else σ(u) (Feng et al. 2024, appendix B). */
export function positive(u: Tensor): Tensor {
  return select(less(u, 0), sigmoid(u), add(u, 0.5))
}

/** ln g(u). */
export function logPositive(u: Tensor): Tensor {
  return select(less(u, 0), neg(softplus(neg(minimum(u, 0)))), log(add(maximum(u, 0), 0.5)))
}

/**
 * Refuses logarithms of candidates that may be negative.
 *
 * @throws `LOG_SPACE_NEEDS_POSITIVE`
 */
export function checkCandidate(cell: string, { candidate, space }: CandidateChoice): void {
  if (space !== 'log' || candidate !== 'plain') return
  throw new ElmanError('LOG_SPACE_NEEDS_POSITIVE', {
    message: `cell "${cell}" cannot compute with logarithms: its candidates may be negative`,
    expected: '"candidate": "positive" where "space" is "log"',
    found: '"candidate": "plain"',
  })
}
