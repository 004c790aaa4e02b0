/** Whether the rows of a ladder differ from one of them by more than the choice of the text explains. */
import { ElmanError } from '@elman/core'
import { compareScorers, type ScorerComparison } from '../mixture/compare-scorers.ts'
import { type Collected, type CollectedResult, resultFor, tokensOf } from './collect.ts'

/** How a comparison draws its texts. */
export interface CompareRowsOptions {
  /** 0 unless given. */
  readonly seed?: number
  /** 1,000 unless given. */
  readonly samples?: number
}

/** Log-probability of each token of the test text: the mean over a result's seeds. */
export async function meanTestTokens(result: CollectedResult): Promise<Float64Array> {
  const tokens = await tokensOf(result)
  const sum = new Float64Array(result.testTokens)
  for (const { test } of tokens) for (let i = 0; i < sum.length; i++) sum[i]! += test[i]! / tokens.length
  return sum
}

/**
 * Compares each result of a ladder with the one of a row, on the test text: paired bootstrap over blocks of tokens, with
 * the mean of the log-probabilities over seeds. Results of another text, and the row's own, have no comparison.
 *
 * @throws `REPRODUCE_ROW_UNFINISHED` when the row has no result
 */
export async function compareRows(
  { rows }: Collected,
  name: string,
  { seed = 0, samples = 1000 }: CompareRowsOptions = {},
): Promise<ReadonlyMap<CollectedResult, ScorerComparison>> {
  const base = rows.find(({ row }) => row.name === name)
  if (base === undefined || base.results.length === 0) {
    throw new ElmanError('REPRODUCE_ROW_UNFINISHED', {
      message: `row ${JSON.stringify(name)} has no result to compare with`,
      expected: `one of ${
        rows
          .filter(({ results }) => results.length > 0)
          .map(({ row }) => row.name)
          .join(', ') || 'the rows that are finished, of which there is none'
      }`,
      hint: 'run the row first',
    })
  }
  const comparisons = new Map<CollectedResult, ScorerComparison>()
  for (const { results } of rows) {
    for (const result of results) {
      const other = resultFor(base, result)
      if (other === undefined || other === result) continue
      comparisons.set(
        result,
        compareScorers(await meanTestTokens(result), await meanTestTokens(other), { seed, samples }),
      )
    }
  }
  return comparisons
}
