/** Whether a measured figure is the published one. */
import type { CollectedResult } from './collect.ts'
import type { Row } from './row.ts'

/** Part of a published perplexity by which ours may differ and still count as the same. */
export const AGREEMENT = 0.02

/** What a result says of the row's first published figure. */
export function agreement({ published }: Row, result: CollectedResult): string {
  if (!result.publishedText) return 'another text'
  const [figure] = published
  if (figure === undefined) return 'no published figure'
  if (!result.full) return 'cut down: not comparable'
  const [split, wanted] = figure.test === undefined ? ['valid', figure.valid] : ['test', figure.test]
  if (wanted === undefined) return 'no published figure'
  const ours = split === 'test' ? result.test.mean : result.valid.mean
  const difference = ours / wanted - 1
  const text = `${difference < 0 ? '−' : '+'}${(100 * Math.abs(difference)).toFixed(1)} %`
  return `${Math.abs(difference) <= AGREEMENT ? 'yes' : '**no**'}, ${text}`
}
