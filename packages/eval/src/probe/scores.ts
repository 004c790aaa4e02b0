/** What a probe's counts come to: shares, skill over a baseline, and how far a learner is exact. */
import type { Level } from '../languages/language.ts'
import type { BaselineResult, Count, SizeResult } from './record.ts'

/** Right steps over all sizes. */
export function tokensOf(sizes: readonly SizeResult[]): Count {
  return {
    right: sizes.reduce((sum, { tokens }) => sum + tokens.right, 0),
    total: sizes.reduce((sum, { tokens }) => sum + tokens.total, 0),
  }
}

/** The share of right steps over all sizes; 0 where there are none. */
export function accuracyOf(sizes: readonly SizeResult[]): number {
  const { right, total } = tokensOf(sizes)
  return total === 0 ? 0 : right / total
}

/** The largest tested size up to which every string of every tested size is right; 0 when none is. */
export function frontier(sizes: readonly SizeResult[]): number {
  let reached = 0
  for (const { size, strings } of sizes.toSorted((a, b) => a.size - b.size)) {
    if (strings.right < strings.total || strings.total === 0) break
    reached = size
  }
  return reached
}

/**
 * The baseline that a result is held against: that with the largest share of right steps, the first of equals; undefined
 * when there are none. On regular languages an automaton learnt by state merging is no weak predictor but the answer, so
 * it stands beside the results and is not taken.
 */
export function bestBaseline(
  baselines: readonly BaselineResult[],
  level?: Level,
): BaselineResult | undefined {
  const isRegular = level === 'regular' || level === 'sub-regular'
  let best: BaselineResult | undefined
  for (const result of baselines) {
    if (isRegular && result.baseline === 'state-merging') continue
    if (best === undefined || accuracyOf(result.sizes) > accuracyOf(best.sizes)) best = result
  }
  return best
}

/**
 * (accuracy − b) / (1 − b) with b the accuracy of the best baseline, on steps over all sizes: 1 is perfect, 0 no better
 * than the baseline. Null where that baseline is perfect: nothing can be shown there. Without a baseline it is the
 * accuracy.
 */
export function skill(sizes: readonly SizeResult[], best: BaselineResult | undefined): number | null {
  const b = best === undefined ? 0 : accuracyOf(best.sizes)
  return b === 1 ? null : (accuracyOf(sizes) - b) / (1 - b)
}
