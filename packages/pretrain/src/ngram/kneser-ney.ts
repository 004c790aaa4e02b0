import { z } from 'zod'
import { checkToken, countNgrams, type NgramCounts, type NgramOptions } from './count-ngrams.ts'
import { countCounts, type Discounts, modifiedKneserNeyDiscounts } from './discounts.ts'
import type { NgramTable } from './ngram-table.ts'
import { type NgramScore, summarise } from './score.ts'

/** What an experiment file may say of the n-gram baseline. */
export const kneserNeyConfig = z.strictObject({
  type: z.literal('kneser-ney').default('kneser-ney'),
  order: z.int().min(1).max(64).default(5).describe('longest n-gram, in tokens'),
})

/** Configuration of the n-gram baseline, with defaults filled in. */
export type KneserNeyConfig = z.infer<typeof kneserNeyConfig>

/** A trained interpolated modified Kneser-Ney model. Deterministic: the same ids give the same bits. */
export interface KneserNeyModel {
  readonly options: NgramOptions
  /** Discounts of each order, order 1 first. */
  readonly discounts: readonly Discounts[]
  /** Number of distinct n-grams of each order, order 1 first (without `<s>` alone). */
  readonly sizes: readonly number[]
  /** Bytes held by the tables. */
  readonly byteLength: number
  /**
   * Natural log-probability of `word` after `context` (most recent last, of any length). What precedes the
   * context is unknown; pass an end-of-sentence id as its first element to stand at the start of a sentence.
   */
  logProbability(context: ArrayLike<number>, word: number): number
  /** Probabilities of all words after `context`; they sum to 1. */
  distribution(context: ArrayLike<number>): Float64Array
  /** Natural log-probability of each token of a text that begins at the start of a sentence. */
  tokenLogProbabilities(ids: Int32Array): Float64Array
  /** Loss and perplexity of a text that begins at the start of a sentence. */
  score(ids: Int32Array): NgramScore
}

/** Per order k ≥ 0, of every k-gram as a context: sum of its followers' counts, and the mass taken off them. */
interface ContextSums {
  readonly totals: Int32Array
  readonly backoff: Float64Array
}

/**
 * Trains interpolated modified Kneser-Ney (Chen & Goodman 1999) with no count cut-offs, interpolated down to the
 * uniform distribution 1 / vocabularySize; conventions are SRILM's (`ngram-count -kndiscount -interpolate`).
 * Lower orders count distinct left neighbours, except for n-grams that begin at the start of a sentence.
 *
 * @param ids - Training text; with `endOfSentence` it holds one such id after each sentence.
 * @throws `NGRAM_BAD_OPTION`, `NGRAM_EMPTY_CORPUS`, `NGRAM_BAD_TOKEN`, `NGRAM_CORPUS_TOO_LARGE`
 */
export function trainKneserNey(ids: Int32Array, options: NgramOptions): KneserNeyModel {
  const counts = countNgrams(ids, options)
  const discounts = counts.tables.map(table => modifiedKneserNeyDiscounts(countCounts(table.counts)))
  const sums = counts.tables.map((table, index) => {
    const contexts = index === 0 ? 1 : counts.tables[index - 1]!.size
    return sumContexts(table, contexts, discounts[index]!.values)
  })
  return makeModel(options, counts, discounts, sums)
}

function sumContexts(table: NgramTable, contexts: number, discount: Discounts['values']): ContextSums {
  const totals = new Int32Array(contexts)
  const backoff = new Float64Array(contexts)
  for (let entry = 0; entry < table.size; entry++) {
    const count = table.counts[entry]!
    if (count === 0) continue
    const context = table.contexts[entry]!
    totals[context]! += count
    backoff[context]! += discount[Math.min(count, 3) - 1]!
  }
  return { totals, backoff }
}

function makeModel(
  options: NgramOptions,
  { tables, start }: NgramCounts,
  discounts: readonly Discounts[],
  sums: readonly ContextSums[],
): KneserNeyModel {
  const { order, vocabularySize, endOfSentence } = options
  const found = new Int32Array(order + 1)

  /** Contexts by length: element k is the number of the k-gram that has just been read, −1 when never seen. */
  const unknownContext = (): Int32Array => new Int32Array(order).fill(-1).fill(0, 0, 1)
  const startSentence = (ending: Int32Array): void => {
    ending.fill(-1)
    ending[0] = 0
    if (order > 1) ending[1] = start
  }
  /** Probability of a word: pₖ = (c − D(c)) / total + (mass taken off / total) · pₖ₋₁, from p₀ = 1 / V upwards. */
  const probabilityAfter = (ending: Int32Array, word: number): number => {
    for (let k = 1; k <= order; k++) {
      const context = ending[k - 1]!
      found[k] = context < 0 ? -1 : tables[k - 1]!.find(context, word)
    }
    let probability = 1 / vocabularySize
    for (let k = 1; k <= order; k++) {
      const context = ending[k - 1]!
      const { totals, backoff } = sums[k - 1]!
      // A context without followers has none at greater length either.
      if (context < 0 || totals[context] === 0) break
      const entry = found[k]!
      const count = entry < 0 ? 0 : tables[k - 1]!.counts[entry]!
      const kept = count === 0 ? 0 : count - discounts[k - 1]!.values[Math.min(count, 3) - 1]!
      probability = (kept + backoff[context]! * probability) / totals[context]!
    }
    return probability
  }
  /** Appends the word that {@link probabilityAfter} has just looked up. */
  const advance = (ending: Int32Array, word: number): void => {
    if (word === endOfSentence) startSentence(ending)
    else for (let k = 1; k < order; k++) ending[k] = found[k]!
  }
  const read = (context: ArrayLike<number>): Int32Array => {
    const ending = unknownContext()
    for (let position = Math.max(0, context.length - order); position < context.length; position++) {
      checkToken(context[position]!, vocabularySize, position)
      probabilityAfter(ending, context[position]!)
      advance(ending, context[position]!)
    }
    return ending
  }
  const tokenLogProbabilities = (ids: Int32Array): Float64Array => {
    const result = new Float64Array(ids.length)
    const ending = unknownContext()
    startSentence(ending)
    for (let position = 0; position < ids.length; position++) {
      const word = ids[position]!
      checkToken(word, vocabularySize, position)
      result[position] = Math.log(probabilityAfter(ending, word))
      advance(ending, word)
    }
    return result
  }

  let byteLength = 0
  for (const table of tables) byteLength += table.byteLength
  for (const sum of sums) byteLength += sum.totals.byteLength + sum.backoff.byteLength
  return {
    options,
    discounts,
    sizes: tables.map((table, index) => (index === 0 ? table.size - 1 : table.size)),
    byteLength,
    logProbability(context, word) {
      checkToken(word, vocabularySize, 0)
      return Math.log(probabilityAfter(read(context), word))
    },
    distribution(context) {
      const ending = read(context)
      const result = new Float64Array(vocabularySize)
      for (let word = 0; word < vocabularySize; word++) result[word] = probabilityAfter(ending, word)
      return result
    },
    tokenLogProbabilities,
    score: ids => summarise(tokenLogProbabilities(ids)),
  }
}
