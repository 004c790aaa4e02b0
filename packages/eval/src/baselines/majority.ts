/** The baseline that looks at nothing. */
import type { Baseline } from './baseline.ts'
import { tableBaseline } from './table.ts'

/**
 * The most frequent answer of training at every step: the class, the set of flags, or the output symbol. Guessing at
 * random is never better in the mean, so chance has no row of its own.
 */
export const majorityAnswer: Baseline = tableBaseline({
  id: 'majority',
  title: 'most frequent answer',
  sights: () => [],
})
