import type { WordVectors } from '../words/word-vectors.ts'
import { cosine, type Term, unitVector, vectorOfTerm } from './terms.ts'

/**
 * Cosine of the angle between two words, or vectors, in float64.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_SHAPE_MISMATCH`
 */
export function similarity(vectors: WordVectors, a: Term, b: Term): number {
  return cosine(vectorOfTerm(vectors, a), vectorOfTerm(vectors, b))
}

/** Cosine distance: 1 − {@link similarity}. */
export function distance(vectors: WordVectors, a: Term, b: Term): number {
  return 1 - similarity(vectors, a, b)
}

/** A word and how well it goes with the others. */
export interface Belonging {
  readonly word: string
  /** Cosine with the mean of the unit vectors of all words given. */
  readonly similarity: number
}

/**
 * Words by how well they go together, worst first: the odd one out leads.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`: a word without a vector is not passed over in silence.
 */
export function oddOneOut(vectors: WordVectors, words: readonly string[]): Belonging[] {
  const units = words.map(word => unitVector(vectorOfTerm(vectors, word)))
  const mean = new Float64Array(vectors.dimensions)
  for (const unit of units) for (let i = 0; i < mean.length; i++) mean[i]! += unit[i]!
  return words
    .map((word, i) => ({ word, similarity: cosine(units[i]!, mean) }))
    .sort((a, b) => a.similarity - b.similarity)
}

/**
 * The word that goes least with the others, as gensim's `doesnt_match`; undefined if there are no words.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`
 */
export function doesNotMatch(vectors: WordVectors, words: readonly string[]): string | undefined {
  return oddOneOut(vectors, words)[0]?.word
}
