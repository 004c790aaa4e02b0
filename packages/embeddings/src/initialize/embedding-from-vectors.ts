/** The table of an embedding layer from word vectors. */
import { ElmanError, type Initializer, type Key, type NdArray, ndArray, random } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import type { VectorSource } from '../words/word-vectors.ts'
import { type EmbeddingCoverage, embeddingCoverage, MISSING, SPELLED } from './embedding-coverage.ts'
import { initializerOf } from './table-initializer.ts'
import { type WordFormOptions, wordForms } from './word-forms.ts'

/** What tokens get that have no vector. */
export type MissingVectors = 'random' | 'zero' | 'mean'

/** How vectors become a table. */
export interface EmbeddingFromVectorsOptions extends WordFormOptions {
  /**
   * What a token without a vector gets. `random` (unless given): uniform numbers, as large on average as those of
   * the vectors found (root mean square; Kim 2014), the same for a token whatever else is in the vocabulary; `zero`;
   * `mean`: the mean of the vectors found.
   */
  readonly missing?: MissingVectors | undefined
  /** Key of the random vectors; that of seed 0 unless given. */
  readonly key?: Key | undefined
  /**
   * What is done to the vectors found: `none` (unless given); `unit`: each is brought to length 1 (a zero vector
   * stays); a number: each is multiplied by it.
   */
  readonly scale?: 'none' | 'unit' | number | undefined
  /** Occurrences of each token in the text, for the coverage. */
  readonly counts?: ArrayLike<number> | undefined
}

/** A table for an embedding layer. */
export interface VectorEmbedding {
  /** Row i is the vector of token i: float32 [tokens, dimensions]. */
  readonly matrix: NdArray
  readonly coverage: EmbeddingCoverage
  /** Gives the table to a layer that asks for its first values; refuses a layer of another shape. */
  readonly initializer: Initializer
}

/**
 * Makes the table of an embedding layer from word vectors, in the order of a vocabulary.
 *
 * ```ts
 * const wanted = wantedWords(vocabulary.tokens)
 * const { vectors } = await readWordVectors('glove.6B.100d.txt', { keep: word => wanted.has(word) })
 * const { initializer, coverage } = embeddingFromVectors(vectors, vocabulary.tokens, { counts: vocabulary.counts })
 * const layer = embedding({ count: vocabulary.size, size: vectors.dimensions, initializer })
 * console.log(coverageText(coverage))
 * // trained as any parameter; to keep it: adam({ rate, groups: [{ pattern: '**.table', frozen: true }] })
 * ```
 *
 * A source that spells unknown words (a fastText model) gives almost every token a vector, `<unk>` too; a form of the
 * token that it knows goes before one that it spells.
 *
 * @param source - With its `words`, where it spells others, so that the two can be told apart.
 * @param tokens - Token of each row.
 * @throws `EMBEDDING_COVERAGE_NONE` when no token has a vector; `EMBEDDING_VECTORS_NOT_FINITE`
 */
export function embeddingFromVectors(
  source: VectorSource & { readonly words?: WordTable },
  tokens: readonly string[],
  options: EmbeddingFromVectorsOptions = {},
): VectorEmbedding {
  const { missing = 'random', key = random.key(0), scale = 'none', counts } = options
  const { dimensions } = source
  const table = new Float32Array(tokens.length * dimensions)
  const rowOf = (id: number) => table.subarray(id * dimensions, (id + 1) * dimensions)
  const formOf = new Int8Array(tokens.length).fill(MISSING)
  const isKnown = (form: string) => !source.spellsUnknownWords || source.words?.has(form) === true
  for (const [id, token] of tokens.entries()) {
    const forms = wordForms(token, options)
    const form = forms.findIndex(name => isKnown(name) && source.vectorOf(name) !== undefined)
    const vector = source.vectorOf(form < 0 ? token : forms[form]!)
    if (vector === undefined) continue
    formOf[id] = form < 0 ? SPELLED : form
    writeScaled(vector, scale, rowOf(id), token)
  }
  const coverage = embeddingCoverage(tokens, formOf, counts)
  if (coverage.found === 0) throw nothingFound(coverage)
  const fill = filler(missing, table, coverage.found, dimensions, key)
  for (const [id, token] of tokens.entries()) if (formOf[id] === MISSING) fill(rowOf(id), token)
  const matrix = ndArray('float32', [tokens.length, dimensions], table)
  return { matrix, coverage, initializer: initializerOf(matrix) }
}

/** Copies a vector into a row, scaled; lengths are summed in float64. */
function writeScaled(
  vector: Float32Array,
  scale: 'none' | 'unit' | number,
  row: Float32Array,
  word: string,
): void {
  let squares = 0
  for (const value of vector) squares += value * value
  if (!Number.isFinite(squares)) throw notFinite(word)
  const factor =
    typeof scale === 'number' ? scale : scale === 'unit' && squares > 0 ? 1 / Math.sqrt(squares) : 1
  for (let i = 0; i < row.length; i++) row[i] = factor * vector[i]!
}

/** Fills the row of a token without a vector. Rows not yet filled are zero and so change no sum. */
function filler(
  missing: MissingVectors,
  table: Float32Array,
  found: number,
  dimensions: number,
  key: Key,
): (row: Float32Array, token: string) => void {
  if (missing === 'zero') return () => undefined
  if (missing === 'mean') {
    const sums = new Float64Array(dimensions)
    for (let i = 0; i < table.length; i++) sums[i % dimensions]! += table[i]!
    const mean = Float32Array.from(sums, sum => sum / found)
    return row => row.set(mean)
  }
  let squares = 0
  for (const value of table) squares += value * value
  const bound = Math.sqrt((3 * squares) / (found * dimensions)) // uniform in ± bound has mean square bound² / 3
  return (row, token) => {
    const drawn = random.uniform(random.foldIn(key, token), dimensions, 'float32')
    for (let i = 0; i < dimensions; i++) row[i] = (2 * drawn[i]! - 1) * bound
  }
}

function nothingFound({ tokens, missingExamples }: EmbeddingCoverage): ElmanError {
  return new ElmanError('EMBEDDING_COVERAGE_NONE', {
    message: `none of the ${tokens} tokens has a vector`,
    found: `tokens such as ${missingExamples.map(token => JSON.stringify(token)).join(', ')}`,
    hint: [
      'are these vectors of words of this language, and are the tokens words?',
      'if they differ in capitals, set caseFallback',
    ],
  })
}

function notFinite(word: string): ElmanError {
  return new ElmanError('EMBEDDING_VECTORS_NOT_FINITE', {
    message: `the vector of ${JSON.stringify(word)} has numbers that are not finite, or is too long to measure`,
    hint: 'the training of the vectors diverged, or the file is damaged; leave the word out or train them again',
  })
}
