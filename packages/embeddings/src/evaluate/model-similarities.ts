import { ElmanError } from '@elman/core'
import { cosine } from '../query/terms.ts'
import type { VectorSource, WordVectors } from '../words/word-vectors.ts'
import type { SimilarityPair, SimilaritySet } from './similarity-set.ts'
import { comparedForm, EVALUATED_WORDS, findRows, type LookupOptions, tableOf } from './word-lookup.ts'

/**
 * What becomes of a pair with a word that is not in the vocabulary.
 *
 * - `skip`: it is left out. The default, and gensim's; only comparable between models of equal coverage.
 * - `zero`: its similarity is 0; gensim's `dummy4unknown`.
 * - `mean-vector`: the word gets the mean of all vectors, as in many papers' scripts of 2014 to 2017.
 * - `subword`: the model spells the word from its parts, as fastText; in lower case if case is disregarded.
 */
export type UnknownWords = 'skip' | 'zero' | 'mean-vector' | 'subword'

/** How the pairs of a similarity set are looked up. */
export interface PairOptions extends LookupOptions {
  /** Default `skip`. */
  readonly unknown?: UnknownWords
}

/** What a model says of the pairs of a set. */
export interface ModelSimilarities {
  /** Cosine of each pair; NaN of those left out. */
  readonly values: Float64Array
  /** Whether both words of a pair are in the vocabulary. */
  readonly covered: readonly boolean[]
  /** Words that are not, as the set writes them, each once. */
  readonly unknownWords: readonly string[]
}

/** Similarities of the pairs of a set. @throws `EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE` */
export function modelSimilarities(
  source: VectorSource,
  set: SimilaritySet,
  options: PairOptions,
): ModelSimilarities {
  const { unknown = 'skip' } = options
  const known = knownVector(source, set.pairs, options)
  const invented = inventedVector(source, unknown, options)
  const unknownWords = new Set<string>()
  const covered: boolean[] = []
  const values = Float64Array.from(set.pairs, ({ a, b }) => {
    const vectors = [a, b].map(word => {
      const vector = known(word)
      if (vector === undefined) unknownWords.add(word)
      return vector
    })
    const both = vectors[0] !== undefined && vectors[1] !== undefined
    covered.push(both)
    if (!both && unknown === 'zero') return 0
    const [first, second] = [vectors[0] ?? invented(a), vectors[1] ?? invented(b)]
    return first === undefined || second === undefined ? Number.NaN : cosine(first, second)
  })
  return { values, covered, unknownWords: [...unknownWords] }
}

type Vector = ArrayLike<number> | undefined

/** The vector of a word of the vocabulary. Of a source without a table the word is asked for as it is, or lower-cased. */
function knownVector(source: VectorSource, pairs: readonly SimilarityPair[], options: LookupOptions) {
  const table = tableOf(source)
  if (table !== undefined) {
    const words = pairs.flatMap(({ a, b }) => [a, b])
    const rows = findRows(table, words, options)
    return (word: string): Vector => {
      const row = rows.get(comparedForm(word, options))
      return row === undefined ? undefined : table.row(row)
    }
  }
  if (source.spellsUnknownWords) return (): Vector => undefined
  const { caseInsensitive = true } = options
  return (word: string): Vector =>
    source.vectorOf(word) ?? (caseInsensitive ? source.vectorOf(word.toLowerCase()) : undefined)
}

/** The vector that stands for a word that is not in the vocabulary. */
function inventedVector(
  source: VectorSource,
  unknown: UnknownWords,
  { caseInsensitive = true, restrictVocabulary = EVALUATED_WORDS }: LookupOptions,
): (word: string) => Vector {
  if (unknown === 'subword') {
    if (!source.spellsUnknownWords) throw impossible('subword', 'they have no parts of words')
    return word => source.vectorOf(caseInsensitive ? word.toLowerCase() : word)
  }
  if (unknown !== 'mean-vector') return () => undefined
  const table = tableOf(source)
  if (table === undefined) throw impossible('mean-vector', 'there is no table of all of them')
  const mean = meanRow(table, Math.min(table.count, restrictVocabulary))
  return () => mean
}

function meanRow({ matrix, dimensions }: WordVectors, rows: number): Float64Array {
  const mean = new Float64Array(dimensions)
  for (let at = 0, row = 0; row < rows; row++)
    for (let i = 0; i < dimensions; i++, at++) mean[i]! += matrix[at]! / rows
  return mean
}

function impossible(rule: UnknownWords, reason: string): ElmanError {
  return new ElmanError('EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE', {
    message: `these vectors cannot do \`unknown: '${rule}'\`: ${reason}`,
    hint:
      rule === 'subword'
        ? 'a fastText .bin has them; a .vec file has not'
        : "take `unknown: 'skip'` or `'zero'`",
  })
}
