import { ElmanError } from '@elman/core'
import { failUnknown, type WordVectors } from '../words/word-vectors.ts'

/** What a question may be made of: a word of the vocabulary, or any vector. */
export type Term = string | Float32Array

/** The index of a word. @throws `EMBEDDING_WORD_UNKNOWN` */
export function indexOrThrow(vectors: WordVectors, word: string): number {
  const index = vectors.indexOf(word)
  return index < 0 ? failUnknown(word, vectors) : index
}

/** The vector of a term. @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_SHAPE_MISMATCH` */
export function vectorOfTerm(vectors: WordVectors, term: Term): Float32Array {
  if (typeof term === 'string') return vectors.row(indexOrThrow(vectors, term))
  if (term.length === vectors.dimensions) return term
  throw new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
    message: 'a vector asked about has not as many numbers as those of the words',
    expected: String(vectors.dimensions),
    found: String(term.length),
  })
}

/** A vector scaled to length 1, in float64; zeros stay zeros. */
export function unitVector(vector: ArrayLike<number>): Float64Array {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!
  const norm = Math.sqrt(squares)
  return Float64Array.from(vector, value => (norm === 0 ? 0 : value / norm))
}

/** Cosine of the angle between two vectors, in float64; 0 if one of them is zeros. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0
  let squaresOfA = 0
  let squaresOfB = 0
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!
    squaresOfA += a[i]! * a[i]!
    squaresOfB += b[i]! * b[i]!
  }
  const norms = Math.sqrt(squaresOfA * squaresOfB)
  return norms === 0 ? 0 : product / norms
}

/**
 * Sum of the positive terms' unit vectors less the negative ones', as a unit vector: the mean that gensim's
 * `most_similar` looks for. Given vectors are taken as they are, as there.
 *
 * @throws `EMBEDDING_QUERY_EMPTY` without any term, `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_SHAPE_MISMATCH`
 */
export function meanDirection(
  vectors: WordVectors,
  positive: readonly Term[],
  negative: readonly Term[],
): Float32Array {
  if (positive.length + negative.length === 0)
    throw new ElmanError('EMBEDDING_QUERY_EMPTY', {
      message: 'there is nothing to look for',
      hint: 'give at least one word or vector, as `positive` or `negative`',
    })
  const mean = new Float64Array(vectors.dimensions)
  const add = (term: Term, weight: number) => {
    const vector = vectorOfTerm(vectors, term)
    const addend = typeof term === 'string' ? unitVector(vector) : vector
    for (let i = 0; i < mean.length; i++) mean[i]! += weight * addend[i]!
  }
  for (const term of positive) add(term, 1)
  for (const term of negative) add(term, -1)
  return Float32Array.from(unitVector(mean))
}
