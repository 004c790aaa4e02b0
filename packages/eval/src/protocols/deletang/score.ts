/**
 * The score of Delétang et al.: token accuracy by length, averaged over the lengths 41 to 500, and of all runs the
 * best. What that hides (the other seeds, whole strings) is computed beside it.
 */
import { ElmanError } from '@elman/core'
import type { SizeResult } from '../../probe/record.ts'
import type { OriginalOption } from '../protocol.ts'

/** Lengths that the score averages over. */
export const DELETANG_TEST_LENGTHS = { from: 41, to: 500 } as const

/** A task counts as solved from this score on. */
export const DELETANG_SOLVED = 0.9

/** A score with what it was made from. */
export interface DeletangScore {
  /** Mean over the lengths of the share of right tokens, in [0, 1]. */
  readonly score: number
  /** The same for whole strings: what the published tables do not show. */
  readonly exact: number
  /** Tested lengths that were used, and how many the protocol has. */
  readonly lengths: number
  readonly ofLengths: number
}

/**
 * Score of a run by its results by length. A sweep that tested some lengths only gets the mean over these; `lengths`
 * says how many. With `original` length 41 is left out, as the released code's index does.
 *
 * @throws ElmanError `PROTOCOL_NO_LENGTHS` where no tested length is among 41 … 500.
 */
export function deletangScore(
  sizes: readonly SizeResult[],
  { original = false }: OriginalOption = {},
): DeletangScore {
  const from = DELETANG_TEST_LENGTHS.from + Number(original)
  const { to } = DELETANG_TEST_LENGTHS
  const used = sizes.filter(({ size, tokens }) => size >= from && size <= to && tokens.total > 0)
  if (used.length === 0) {
    throw new ElmanError('PROTOCOL_NO_LENGTHS', {
      message: 'the score of Delétang et al. is a mean over lengths of which none was tested',
      expected: `lengths from ${from} to ${to}`,
      found: sizes.length === 0 ? 'none' : sizes.map(({ size }) => size).join(', '),
    })
  }
  const mean = (of: (result: SizeResult) => { right: number; total: number }) =>
    used.reduce((sum, result) => sum + of(result).right / of(result).total, 0) / used.length
  return {
    score: mean(({ tokens }) => tokens),
    exact: mean(({ strings }) => strings),
    lengths: used.length,
    ofLengths: to - from + 1,
  }
}

/** Several runs of one network on one task. */
export interface DeletangRuns {
  /** What the published table prints: the largest score. */
  readonly maximum: number
  readonly mean: number
  /** Sample standard deviation; 0 for one run. */
  readonly deviation: number
  /** Runs at or above 90 %, of how many. */
  readonly solved: { readonly right: number; readonly total: number }
}

/** The published number and what goes with it, of the scores of all runs. */
export function deletangRuns(scores: readonly number[]): DeletangRuns {
  if (scores.length === 0) {
    throw new ElmanError('PROTOCOL_NO_RUNS', {
      message: 'the best of several runs was asked for, and there is no run',
      expected: 'at least one score',
      found: 'none',
    })
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  return {
    maximum: Math.max(...scores),
    mean,
    deviation: scores.length === 1 ? 0 : Math.sqrt(squares / (scores.length - 1)),
    solved: { right: scores.filter(score => score >= DELETANG_SOLVED).length, total: scores.length },
  }
}
