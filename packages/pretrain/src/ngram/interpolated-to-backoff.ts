/** Interpolated models in back-off form: the same distribution, with each stored n-gram's probability worked out. */
import { type BackoffModel, backoffModel, suffixNumbers } from './backoff-model.ts'
import type { NgramCounts, NgramOptions } from './count-ngrams.ts'
import type { Discounts } from './discounts.ts'
import type { ContextSums } from './interpolated-model.ts'

/** The parts of an interpolated model. */
export interface InterpolatedParts {
  readonly name: string
  readonly options: NgramOptions
  readonly counts: NgramCounts
  readonly discounts: readonly Discounts[]
  readonly sums: readonly ContextSums[]
}

/**
 * An interpolated probability is a discounted count plus a share of the next shorter context's probability; of an
 * n-gram that was not seen the share alone is left, which is what a back-off weight is. So the conversion is exact
 * but for rounding. Words of the vocabulary that the training text lacks become unigrams too.
 */
export function interpolatedToBackoff({
  name,
  options,
  counts,
  discounts,
  sums,
}: InterpolatedParts): BackoffModel {
  const { order, vocabularySize } = options
  const first = counts.tables[0]!.copy()
  for (let word = 0; word < vocabularySize; word++) first.findOrAdd(0, word)
  first.trim()
  const tables = [first, ...counts.tables.slice(1)]
  const probabilities: Float64Array[] = []
  let suffixes = new Int32Array(first.size)
  for (let k = 1; k <= order; k++) {
    const table = tables[k - 1]!
    if (k > 1) suffixes = suffixNumbers(tables, k, suffixes)
    const { totals, mass } = sums[k - 1]!
    const values = discounts[k - 1]!.values
    probabilities.push(
      Float64Array.from({ length: table.size }, (_, entry) => {
        const shorter = k === 1 ? 1 / vocabularySize : probabilities[k - 2]![suffixes[entry]!]!
        const context = table.contexts[entry]!
        if (totals[context] === 0) return shorter
        const count = table.counts[entry]!
        const kept = count === 0 ? 0 : count - values[Math.min(count, 3) - 1]!
        return (kept + mass[context]! * shorter) / totals[context]!
      }),
    )
  }
  probabilities[0]![counts.start] = 0
  return backoffModel({
    name,
    options,
    tables,
    start: counts.start,
    logProbabilities: probabilities.map(values => values.map(value => Math.log10(value))),
    backoffWeights: tables.slice(0, -1).map((table, index) => {
      const { totals, mass } = sums[index + 1]!
      return Float64Array.from({ length: table.size }, (_, context) =>
        // Unigrams that were added have no followers, and no place in the sums.
        (totals[context] ?? 0) === 0 ? 0 : Math.log10(mass[context]! / totals[context]!),
      )
    }),
  })
}
