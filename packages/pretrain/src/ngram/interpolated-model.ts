/** Interpolated smoothing by discounts: what is taken off the counts goes to the next shorter context. */
import type { BackoffModel } from './backoff-model.ts'
import type { NgramCounts, NgramOptions } from './count-ngrams.ts'
import type { Discounts } from './discounts.ts'
import { interpolatedToBackoff } from './interpolated-to-backoff.ts'
import { followText, type NgramModel } from './ngram-model.ts'
import type { NgramTable } from './ngram-table.ts'

/** A trained model that interpolates discounted counts of all orders. */
export interface InterpolatedModel extends NgramModel {
  /** Discounts of each order, order 1 first. */
  readonly discounts: readonly Discounts[]
  /** The counts that the probabilities are computed from; not to be changed. */
  readonly counts: NgramCounts
}

/** Per order k ≥ 0, of every k-gram as a context: sum of its followers' counts, and the mass taken off them. */
export interface ContextSums {
  readonly totals: Int32Array
  readonly mass: Float64Array
}

/** The model of some counts and discounts; interpolates down to the uniform distribution 1 / vocabularySize. */
export function interpolatedModel(
  name: string,
  options: NgramOptions,
  counts: NgramCounts,
  discounts: readonly Discounts[],
): InterpolatedModel {
  const { tables, start } = counts
  const { order, vocabularySize } = options
  const sums = tables.map((table, index) => {
    const contexts = index === 0 ? 1 : tables[index - 1]!.size
    return sumContexts(table, contexts, discounts[index]!.values)
  })
  /** pₖ = (c − D(c)) / total + (mass taken off / total) · pₖ₋₁, from p₀ = 1 / V upwards. */
  const probability = (ending: Int32Array, found: Int32Array): number => {
    let result = 1 / vocabularySize
    for (let k = 1; k <= order; k++) {
      const context = ending[k - 1]!
      const { totals, mass } = sums[k - 1]!
      // A context without followers has none at greater length either.
      if (context < 0 || totals[context] === 0) break
      const entry = found[k]!
      const count = entry < 0 ? 0 : tables[k - 1]!.counts[entry]!
      const kept = count === 0 ? 0 : count - discounts[k - 1]!.values[Math.min(count, 3) - 1]!
      result = (kept + mass[context]! * result) / totals[context]!
    }
    return result
  }
  let byteLength = 0
  for (const table of tables) byteLength += table.byteLength
  for (const sum of sums) byteLength += sum.totals.byteLength + sum.mass.byteLength
  const model = followText({
    name,
    options,
    tables,
    start,
    sizes: tables.map((table, index) => (index === 0 ? table.size - 1 : table.size)),
    byteLength,
    probability,
    logProbability: (ending, found) => Math.log(probability(ending, found)),
  })
  return {
    ...model,
    discounts,
    counts,
    toBackoff: (): BackoffModel => interpolatedToBackoff({ name, options, counts, discounts, sums }),
  }
}

function sumContexts(table: NgramTable, contexts: number, discount: Discounts['values']): ContextSums {
  const totals = new Int32Array(contexts)
  const mass = new Float64Array(contexts)
  for (let entry = 0; entry < table.size; entry++) {
    const count = table.counts[entry]!
    if (count === 0) continue
    const context = table.contexts[entry]!
    totals[context]! += count
    mass[context]! += discount[Math.min(count, 3) - 1]!
  }
  return { totals, mass }
}
