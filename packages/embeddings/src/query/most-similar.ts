import type { ScoredRow } from '../kernels/products/top-heap.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { createNearest, type Nearest } from './nearest.ts'
import { indexOrThrow, meanDirection, type Term, unitVector, vectorOfTerm } from './terms.ts'

/** A word that was found. */
export interface Neighbour {
  readonly word: string
  /** Its row. */
  readonly index: number
  /** Cosine with what was looked for, float32. */
  readonly similarity: number
}

/** Vectors to be asked: themselves, for a single question, or made ready by `createNearest` for many. */
export type Searchable = WordVectors | Nearest

/** What {@link mostSimilar} looks for. */
export interface MostSimilarRequest {
  /** What the words found should be like. A word or vector alone stands for a list of one. */
  readonly positive?: Term | readonly Term[]
  /** What they should be unlike. */
  readonly negative?: Term | readonly Term[]
  /** Words to be found. Default 10. */
  readonly top?: number
  /** Only among the first so many words, the most frequent ones. Default: all. */
  readonly restrictVocabulary?: number
  /** Words not to be found, besides the words of the question; those that are unknown do no harm. */
  readonly exclude?: readonly string[]
}

/** The exact search over what can be asked. */
export function nearestOf(searchable: Searchable): Nearest {
  return searchable instanceof WordVectors ? createNearest(searchable, { resident: false }) : searchable
}

/**
 * Words whose vectors point most nearly where the mean of the positive unit vectors less the negative ones points, as
 * gensim's `most_similar`; best first, of equal ones the lowest row first. The words of the question are left out.
 *
 * @throws `EMBEDDING_WORD_UNKNOWN`, `EMBEDDING_SHAPE_MISMATCH`, `EMBEDDING_QUERY_EMPTY`, `EMBEDDING_QUERY_INVALID`
 */
export function mostSimilar(searchable: Searchable, request: MostSimilarRequest): Neighbour[] {
  return mostSimilarOfEach(searchable, [request], request)[0]!
}

/**
 * {@link mostSimilar} for many questions at once, in few passes over the vectors: much faster than one by one. Number
 * and range of the words found are common to all.
 */
export function mostSimilarOfEach(
  searchable: Searchable,
  requests: readonly Omit<MostSimilarRequest, 'top' | 'restrictVocabulary'>[],
  { top = 10, restrictVocabulary }: Pick<MostSimilarRequest, 'top' | 'restrictVocabulary'> = {},
): Neighbour[][] {
  const nearest = nearestOf(searchable)
  const { vectors } = nearest
  const queries: Float32Array[] = []
  const exclude: number[][] = []
  for (const request of requests) {
    const positive = listOf(request.positive)
    const negative = listOf(request.negative)
    queries.push(meanDirection(vectors, positive, negative))
    const words = [...positive, ...negative].filter(term => typeof term === 'string')
    const unwanted = (request.exclude ?? []).map(word => vectors.indexOf(word)).filter(index => index >= 0)
    exclude.push([...new Set([...words.map(word => indexOrThrow(vectors, word)), ...unwanted])])
  }
  const found = nearest.search(queries, { top, restrictVocabulary, exclude })
  return found.map(rows => rows.map(row => named(vectors, row)))
}

/**
 * Words whose vectors point most nearly where `vector` points, whatever its length; a word of that very vector is
 * among them.
 *
 * @throws `EMBEDDING_SHAPE_MISMATCH`, `EMBEDDING_QUERY_INVALID`
 */
export function neighboursOf(
  searchable: Searchable,
  vector: Float32Array,
  top = 10,
  restrictVocabulary?: number,
): Neighbour[] {
  const nearest = nearestOf(searchable)
  const query = Float32Array.from(unitVector(vectorOfTerm(nearest.vectors, vector)))
  return nearest.search([query], { top, restrictVocabulary })[0]!.map(row => named(nearest.vectors, row))
}

/** A row found, with its word. */
export function named(vectors: WordVectors, { index, score }: ScoredRow): Neighbour {
  return { word: vectors.wordAt(index), index, similarity: score }
}

function listOf(terms: Term | readonly Term[] | undefined): readonly Term[] {
  if (terms === undefined) return []
  return typeof terms === 'string' || terms instanceof Float32Array ? [terms] : terms
}
