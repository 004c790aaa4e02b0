import { type BackoffModel, backoffModel, suffixNumbers } from './backoff-model.ts'
import { badOption, countNgrams, type NgramOptions } from './count-ngrams.ts'
import {
  type GoodTuringDiscounts,
  goodTuringDiscounts,
  goodTuringFactor,
  PROBABILITY_EPSILON,
} from './good-turing.ts'
import { NgramTable } from './ngram-table.ts'

/** How to train {@link trainKatz}. The last element of a list holds for all higher orders. */
export interface KatzOptions extends NgramOptions {
  /** Smallest count that is stored, by order, not falling; 1, 1, 2 unless given, as SRILM's `-gtNmin`. */
  readonly minimumCounts?: readonly number[] | undefined
  /** Largest count that is discounted, by order; 1, 7 unless given, as SRILM's `-gtNmax`. */
  readonly maximumCounts?: readonly number[] | undefined
}

/** A trained Katz model. */
export interface KatzModel extends BackoffModel {
  /** Discounts of each order, order 1 first. */
  readonly discounts: readonly GoodTuringDiscounts[]
}

/** Below it, a rest of probability is rounding. */
const ROUNDING = 1e-12

/**
 * Trains Katz back-off with Good-Turing discounts (Katz 1987), as SRILM's `ngram-count` does when it is told nothing:
 * P(w | h) = d · c(h w) / c(h) where h w is stored, else what was taken off, spread by the next shorter context.
 *
 * SRILM's repairs are here too. Where no mass is left for words that were not seen, c(h) grows until there is; what
 * unigrams leave over goes to the words that the training text lacks, or, where it lacks none, to all; where the
 * shorter context has no mass left, a context's probabilities are scaled to 1.
 *
 * @param ids - Training text; with `endOfSentence` it holds one such id after each sentence.
 * @throws `NGRAM_BAD_OPTION`, `NGRAM_EMPTY_CORPUS`, `NGRAM_BAD_TOKEN`, `NGRAM_CORPUS_TOO_LARGE`
 */
export function trainKatz(
  ids: Int32Array,
  { minimumCounts = [1, 1, 2], maximumCounts = [1, 7], ...options }: KatzOptions,
): KatzModel {
  checkCounts('minimumCounts', minimumCounts, 1)
  checkCounts('maximumCounts', maximumCounts, 0)
  if (minimumCounts.some((count, index) => count < (minimumCounts[index - 1] ?? 1)))
    throw badOption(
      'minimumCounts',
      'numbers that do not fall from one order to the next',
      String(minimumCounts),
    )
  const { order, vocabularySize } = options
  const { tables: counted, start } = countNgrams(ids, options, 'occurrences')
  const discounts: GoodTuringDiscounts[] = []
  const tables: NgramTable[] = []
  const probabilities: Float64Array[] = []
  const backoffWeights: Float64Array[] = []
  let numbers = Int32Array.of(0) // of each counted context among the stored ones, −1 where it is not stored
  let suffixes = new Int32Array(0)
  for (let k = 1; k <= order; k++) {
    const source = counted[k - 1]!
    const discount = goodTuringDiscounts(source.counts, at(minimumCounts, k), at(maximumCounts, k))
    discounts.push(discount)
    const denominators = enlargedTotals(source, numbers.length, discount, vocabularySize)
    const table = new NgramTable()
    const kept = new Float64Array(source.size + (k === 1 ? vocabularySize : 0))
    const next = new Int32Array(source.size).fill(-1)
    for (let entry = 0; entry < source.size; entry++) {
      const count = source.counts[entry]!
      const context = source.contexts[entry]!
      const factor = goodTuringFactor(discount, count)
      if (k > 1 && factor === 0) continue
      next[entry] = table.findOrAdd(numbers[context]!, source.words[entry]!)
      kept[next[entry]!] = (factor * count) / denominators[context]!
    }
    if (k === 1) spreadRest(table, kept, start, vocabularySize)
    table.dropCounts()
    tables.push(table)
    probabilities.push(kept.slice(0, table.size))
    suffixes = k === 1 ? new Int32Array(table.size) : suffixNumbers(tables, k, suffixes)
    if (k > 1) backoffWeights.push(weights(tables, probabilities, k, suffixes))
    numbers = next
    source.dropCounts()
  }
  const model = backoffModel({
    name: `Katz, order ${order}`,
    options,
    tables,
    start,
    logProbabilities: probabilities.map(values => values.map(value => Math.log10(value))),
    backoffWeights,
  })
  const katz: KatzModel = { ...model, discounts, toBackoff: () => model }
  return katz
}

function at(list: readonly number[], order: number): number {
  return list[Math.min(order, list.length) - 1]!
}

function checkCounts(name: string, counts: readonly number[], low: number): void {
  if (counts.length > 0 && counts.every(count => Number.isInteger(count) && count >= low && count < 2 ** 16))
    return
  throw badOption(name, `whole numbers from ${low} to 65535, at least one`, `[${counts.join(', ')}]`)
}

/** Sum of each context's counts, enlarged by as little as leaves its unseen words some mass. */
function enlargedTotals(
  { size, contexts, counts }: NgramTable,
  length: number,
  discount: GoodTuringDiscounts,
  vocabularySize: number,
): Float64Array {
  const totals = new Float64Array(length)
  const kept = new Float64Array(length)
  const types = new Int32Array(length)
  for (let entry = 0; entry < size; entry++) {
    const count = counts[entry]!
    if (count === 0) continue // `<s>`
    const context = contexts[entry]!
    totals[context]! += count
    kept[context]! += goodTuringFactor(discount, count) * count
    types[context]! += 1
  }
  for (let context = 0; context < length; context++) {
    if (types[context] === 0 || types[context] === vocabularySize) continue
    while (kept[context]! > (1 - PROBABILITY_EPSILON) * totals[context]!) totals[context]! += 1
  }
  return totals
}

/** Makes every word of the vocabulary a unigram and gives the rest of the mass to those without a probability. */
function spreadRest(table: NgramTable, kept: Float64Array, start: number, vocabularySize: number): void {
  const absent: number[] = []
  let sum = 0
  for (let word = 0; word < vocabularySize; word++) {
    const entry = table.findOrAdd(0, word)
    sum += kept[entry]!
    if (kept[entry] === 0) absent.push(entry)
  }
  const rest = Math.max(0, 1 - sum)
  if (absent.length > 0) for (const entry of absent) kept[entry] = rest / absent.length
  else if (rest > ROUNDING)
    for (let entry = 0; entry < table.size; entry++)
      if (entry !== start) kept[entry]! += rest / vocabularySize
}

/** log₁₀ weights of the contexts of length k − 1; scales the probabilities where there is nothing to back off to. */
function weights(
  tables: readonly NgramTable[],
  probabilities: readonly Float64Array[],
  k: number,
  suffixes: Int32Array,
): Float64Array {
  const { size, contexts } = tables[k - 1]!
  const own = probabilities[k - 1]!
  const shorter = probabilities[k - 2]!
  const explicit = new Float64Array(tables[k - 2]!.size)
  const covered = new Float64Array(explicit.length)
  for (let entry = 0; entry < size; entry++) {
    explicit[contexts[entry]!]! += own[entry]!
    covered[contexts[entry]!]! += shorter[suffixes[entry]!]!
  }
  const exhausted = (context: number): boolean => explicit[context]! > 0 && 1 - covered[context]! < ROUNDING
  for (let entry = 0; entry < size; entry++)
    if (exhausted(contexts[entry]!)) own[entry]! /= explicit[contexts[entry]!]!
  return explicit.map((sum, context) =>
    sum === 0 || exhausted(context) ? 0 : Math.log10(Math.max(0, 1 - sum) / (1 - covered[context]!)),
  )
}
