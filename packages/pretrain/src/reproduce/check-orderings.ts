/** Whether a ladder came out in the order that was expected, and by how much more than seeds and text explain. */
import { compareScorers, type ScorerComparison } from '../mixture/compare-scorers.ts'
import { type Collected, type CollectedResult, spreadOf } from './collect.ts'
import { meanTestTokens } from './compare-rows.ts'
import type { Ordering } from './ladder.ts'

/**
 * `holds`: every seed of the better row is below every seed of the worse one. `within the spread`: the mean is lower, but
 * seeds overlap. `reversed`: the mean is not lower. `not measured`: a row is not finished.
 */
export type Verdict = 'holds' | 'within the spread' | 'reversed' | 'not measured'

/** An ordering and what came out. */
export interface CheckedOrdering {
  readonly ordering: Ordering
  readonly verdict: Verdict
  readonly better?: CollectedResult
  readonly worse?: CollectedResult
  /** Perplexity of the better row less that of the worse one: mean, and deviation of the difference over seeds. */
  readonly difference?: { readonly mean: number; readonly deviation: number }
  /** The same on drawn texts. */
  readonly comparison?: ScorerComparison
}

/** Checks the orderings of a ladder on the test text, between results of one budget. */
export async function checkOrderings({ ladder, rows }: Collected): Promise<CheckedOrdering[]> {
  const resultOf = (name: string) => rows.find(({ row }) => row.name === name)?.results[0]
  const checked: CheckedOrdering[] = []
  for (const ordering of ladder.orderings) {
    const [better, worse] = [resultOf(ordering.better), resultOf(ordering.worse)]
    if (better === undefined || worse === undefined || better.fingerprint !== worse.fingerprint) {
      checked.push({ ordering, verdict: 'not measured' })
      continue
    }
    const comparison = compareScorers(await meanTestTokens(better), await meanTestTokens(worse))
    // Standard deviation of a difference of two means' terms that are drawn apart.
    const deviation = Math.hypot(better.test.deviation, worse.test.deviation)
    const mean = better.test.mean - worse.test.mean
    const verdict = verdictOf(better.test.values, worse.test.values)
    checked.push({ ordering, verdict, better, worse, difference: { mean, deviation }, comparison })
  }
  return checked
}

/** What the perplexities of two rows over their seeds say of an ordering. */
export function verdictOf(better: readonly number[], worse: readonly number[]): Verdict {
  if (!(spreadOf(better).mean < spreadOf(worse).mean)) return 'reversed'
  return Math.max(...better) < Math.min(...worse) ? 'holds' : 'within the spread'
}
