/** Back-off models as ARPA files hold them: log-probabilities of stored n-grams, weights of stored contexts. */
import type { NgramOptions } from './count-ngrams.ts'
import { followText, type NgramModel } from './ngram-model.ts'
import type { NgramTable } from './ngram-table.ts'

/** What a back-off model stores. Logarithms are to base 10, as in ARPA files. */
export interface BackoffEntries {
  readonly name: string
  readonly options: NgramOptions
  /** N-grams of orders 1 … order; counts are not used. The word `vocabularySize` is `<s>`. */
  readonly tables: readonly NgramTable[]
  /** Number of `<s>` in the first table, −1 when there is none. */
  readonly start: number
  /** By order and number: log₁₀ P(last word | those before); NaN where only longer n-grams are stored. */
  readonly logProbabilities: readonly Float64Array[]
  /** By order (all but the highest) and number: log₁₀ of the factor on what is looked up without the first word. */
  readonly backoffWeights: readonly Float64Array[]
  /** Which word of the tables stands for each id, −1 for none; every id for itself unless given. */
  readonly wordOf?: Int32Array | undefined
}

/** A trained or read back-off model. */
export interface BackoffModel extends NgramModel {
  /** What is stored; not to be changed. */
  readonly entries: BackoffEntries
}

/**
 * The model of some entries: P(w | h) is that of the longest n-gram of h w that is stored, times the weights of the
 * contexts longer than its own. A word without a unigram has probability 0.
 */
export function backoffModel(entries: BackoffEntries): BackoffModel {
  const { name, options, tables, start, logProbabilities, backoffWeights, wordOf } = entries
  const { order } = options
  const logarithm = (ending: Int32Array, found: Int32Array): number => {
    for (let k = order; k >= 1; k--) {
      const value = found[k]! < 0 ? Number.NaN : logProbabilities[k - 1]![found[k]!]!
      if (Number.isNaN(value)) continue
      let result = value
      for (let length = k; length < order; length++) {
        const context = ending[length]!
        if (context >= 0) result += backoffWeights[length - 1]![context]!
      }
      return result
    }
    return Number.NEGATIVE_INFINITY
  }
  let byteLength = wordOf?.byteLength ?? 0
  for (const each of [...tables, ...logProbabilities, ...backoffWeights]) byteLength += each.byteLength
  const model: BackoffModel = {
    ...followText({
      name,
      options,
      tables,
      start,
      wordOf,
      sizes: logProbabilities.map((values, index) => stored(values) - (index === 0 && start >= 0 ? 1 : 0)),
      byteLength,
      probability: (ending, found) => 10 ** logarithm(ending, found),
      logProbability: (ending, found) => logarithm(ending, found) * Math.LN10,
    }),
    entries,
    toBackoff: () => model,
  }
  return model
}

function stored(values: Float64Array): number {
  let count = 0
  for (const value of values) if (!Number.isNaN(value)) count++
  return count
}

/**
 * For each n-gram of order k ≥ 2 the number of the same without its first word in the table of order k − 1, or −1.
 *
 * @param shorter - The same for order k − 1; all 0 for order 1.
 */
export function suffixNumbers(
  tables: readonly NgramTable[],
  k: number,
  shorter: Int32Array,
): Int32Array<ArrayBuffer> {
  const { contexts, words, size } = tables[k - 1]!
  const below = tables[k - 2]!
  const result = new Int32Array(size)
  for (let entry = 0; entry < size; entry++) {
    const context = k === 2 ? 0 : shorter[contexts[entry]!]!
    result[entry] = context < 0 ? -1 : below.find(context, words[entry]!)
  }
  return result
}
