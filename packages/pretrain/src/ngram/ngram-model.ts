/** What all n-gram models do, whatever their smoothing: follow a text by the numbers of its n-grams. */
import type { BackoffModel } from './backoff-model.ts'
import { checkToken, type NgramOptions } from './count-ngrams.ts'
import type { NgramTable } from './ngram-table.ts'
import { type NgramScore, summarise } from './score.ts'

/** A trained n-gram model. Deterministic: the same ids give the same bits. */
export interface NgramModel {
  /** Smoothing and order, such as `Kneser-Ney, order 5`. */
  readonly name: string
  readonly options: NgramOptions
  /** Number of n-grams stored of each order, order 1 first (without `<s>` alone). */
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
  /** The same probabilities as stored log-probabilities and back-off weights: what ARPA files hold. */
  toBackoff(): BackoffModel
}

/** Number of n-grams of all orders that a model stores: what tables of models give as its parameters. */
export function storedNgrams({ sizes }: Pick<NgramModel, 'sizes'>): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** What one kind of smoothing adds to the walk over a text. */
export interface NgramSmoothing {
  readonly name: string
  readonly options: NgramOptions
  /** Orders 1 … order. */
  readonly tables: readonly NgramTable[]
  /** Number of `<s>` in the first table, −1 when there is none. */
  readonly start: number
  /** Which word of the tables stands for each id; every id for itself unless given. */
  readonly wordOf?: Int32Array | undefined
  readonly sizes: readonly number[]
  readonly byteLength: number
  /**
   * Probability of a word. `ending[k]` is the number of the k words before it, `found[k]` that of the k-gram which
   * ends with it; −1 where the table of order k lacks them.
   */
  probability(ending: Int32Array, found: Int32Array): number
  /** Natural logarithm of the same. */
  logProbability(ending: Int32Array, found: Int32Array): number
}

/** A model's methods but for the one that depends on how it is stored. */
export function followText(smoothing: NgramSmoothing): Omit<NgramModel, 'toBackoff'> {
  const { name, options, tables, start, wordOf, sizes, byteLength } = smoothing
  const { order, vocabularySize, endOfSentence } = options
  const found = new Int32Array(order + 1)

  /** Contexts by length: element k is the number of the k-gram that has just been read, −1 when never seen. */
  const unknownContext = (): Int32Array => new Int32Array(order).fill(-1).fill(0, 0, 1)
  const startSentence = (ending: Int32Array): void => {
    ending.fill(-1)
    ending[0] = 0
    if (order > 1) ending[1] = start
  }
  const lookUp = (ending: Int32Array, id: number): void => {
    const word = wordOf === undefined ? id : wordOf[id]!
    for (let k = 1; k <= order; k++) {
      const context = ending[k - 1]!
      found[k] = context < 0 ? -1 : tables[k - 1]!.find(context, word)
    }
  }
  /** Appends the word that {@link lookUp} has just found. */
  const advance = (ending: Int32Array, id: number): void => {
    if (id === endOfSentence) startSentence(ending)
    else for (let k = 1; k < order; k++) ending[k] = found[k]!
  }
  const read = (context: ArrayLike<number>): Int32Array => {
    const ending = unknownContext()
    for (let position = Math.max(0, context.length - order); position < context.length; position++) {
      checkToken(context[position]!, vocabularySize, position)
      lookUp(ending, context[position]!)
      advance(ending, context[position]!)
    }
    return ending
  }
  const tokenLogProbabilities = (ids: Int32Array): Float64Array => {
    const result = new Float64Array(ids.length)
    const ending = unknownContext()
    startSentence(ending)
    for (let position = 0; position < ids.length; position++) {
      const id = ids[position]!
      checkToken(id, vocabularySize, position)
      lookUp(ending, id)
      result[position] = smoothing.logProbability(ending, found)
      advance(ending, id)
    }
    return result
  }
  return {
    name,
    options,
    sizes,
    byteLength,
    logProbability(context, word) {
      checkToken(word, vocabularySize, 0)
      const ending = read(context)
      lookUp(ending, word)
      return smoothing.logProbability(ending, found)
    },
    distribution(context) {
      const ending = read(context)
      const result = new Float64Array(vocabularySize)
      for (let id = 0; id < vocabularySize; id++) {
        lookUp(ending, id)
        result[id] = smoothing.probability(ending, found)
      }
      return result
    },
    tokenLogProbabilities,
    score: ids => summarise(tokenLogProbabilities(ids)),
  }
}
