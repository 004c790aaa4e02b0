import { random } from '@elman/core'
import type { WordVectors } from '../words/word-vectors.ts'
import { checkSavedIndex, type IndexShape, saveIndex } from './approximate-index-file.ts'
import { type Neighbour, named } from './most-similar.ts'
import { createNearest } from './nearest.ts'
import { checkCount } from './request.ts'
import { cosine, unitVector, vectorOfTerm } from './terms.ts'
import { loadUsearch, type UsearchIndex } from './usearch.ts'

/** How an approximate index is built; the settings of HNSW. */
export interface ApproximateIndexOptions {
  /** Links of a node. More: better recall, more memory. Default 16. */
  readonly connectivity?: number
  /** Candidates looked at while a row is added. Default 128. */
  readonly expansionAdd?: number
  /** Candidates looked at in a search. Default 64. */
  readonly expansionSearch?: number
  /** How numbers are kept in the index. Default `f16`: 2 bytes each. */
  readonly precision?: 'f32' | 'f16' | 'i8'
  /** Threads that build it; 0 for one a core. With more than 1 no two indexes are quite the same. Default 1. */
  readonly threads?: number
  /** Queries that recall is measured with. Default 200; 0 leaves it out. */
  readonly recallQueries?: number
  /** Neighbours that recall is of. Default 10. */
  readonly recallAt?: number
  /** Chooses the rows that are queries. Default 0. */
  readonly seed?: number
}

/** How many of the true nearest rows an index finds. */
export interface MeasuredRecall {
  /** Part of the exact search's first `at` rows that are found among the first `at`; the query itself left out. */
  readonly recall: number
  readonly at: number
  readonly queries: number
}

/** An index (HNSW) that finds most of the nearest words, in a time that hardly grows with their number. */
export interface ApproximateIndex {
  readonly vectors: WordVectors
  /** Measured when the index was built or loaded; undefined if that was left out. */
  readonly measured: MeasuredRecall | undefined
  /** As `neighboursOf`, but some may be missing. Similarities are computed from the vectors themselves. */
  neighboursOf(vector: Float32Array, top?: number): Neighbour[]
  /** Measures recall against the exact search, on rows drawn from all. */
  measureRecall(
    options?: Pick<ApproximateIndexOptions, 'recallQueries' | 'recallAt' | 'seed'>,
  ): MeasuredRecall
  /** Writes the index, and what is to be known of it as `<path>.json`. The vectors are needed to load it. */
  save(path: string): Promise<void>
}

/**
 * Builds an approximate index by the package `usearch`, and measures its recall. Exact search (`createNearest`) takes
 * about half a millisecond for 50,000 vectors of 100 numbers: only sets of a million words need an index.
 *
 * @throws `EMBEDDING_INDEX_PACKAGE_MISSING` if `usearch` is not installed, `EMBEDDING_QUERY_INVALID`
 */
export async function buildApproximateIndex(
  vectors: WordVectors,
  options: ApproximateIndexOptions = {},
): Promise<ApproximateIndex> {
  const { connectivity = 16, precision = 'f16' } = options
  const shape = { connectivity, precision }
  const index = await emptyIndex(vectors, shape, options)
  const block = Math.max(1, Math.floor(2 ** 22 / vectors.dimensions))
  for (let begin = 0; begin < vectors.count; begin += block) {
    const end = Math.min(vectors.count, begin + block)
    const keys = BigUint64Array.from({ length: end - begin }, (_, i) => BigInt(begin + i))
    const rows = vectors.matrix.subarray(begin * vectors.dimensions, end * vectors.dimensions)
    index.add(keys, rows, options.threads ?? 1)
  }
  return overIndex(vectors, index, shape, options)
}

/**
 * Loads an index that was saved, with the vectors it was built from, and measures its recall. How it was built is in
 * the file; of the options only those of search and recall count.
 *
 * @throws `EMBEDDING_INDEX_PACKAGE_MISSING`, `EMBEDDING_INDEX_MISMATCH`, `EMBEDDING_INDEX_DAMAGED`, `FILE_UNREADABLE`
 */
export async function loadApproximateIndex(
  vectors: WordVectors,
  path: string,
  options: Pick<ApproximateIndexOptions, 'expansionSearch' | 'recallQueries' | 'recallAt' | 'seed'> = {},
): Promise<ApproximateIndex> {
  const shape = await checkSavedIndex(path, vectors)
  const index = await emptyIndex(vectors, shape, options)
  index.load(path)
  return overIndex(vectors, index, shape, options)
}

async function emptyIndex(
  vectors: WordVectors,
  { connectivity, precision }: IndexShape,
  { expansionAdd = 128, expansionSearch = 64 }: ApproximateIndexOptions,
): Promise<UsearchIndex> {
  const usearch = await loadUsearch()
  return new usearch.Index({
    dimensions: vectors.dimensions,
    metric: 'cos',
    quantization: precision,
    connectivity: checkCount('connectivity', connectivity),
    expansion_add: checkCount('expansionAdd', expansionAdd),
    expansion_search: checkCount('expansionSearch', expansionSearch),
    multi: false,
  })
}

function overIndex(
  vectors: WordVectors,
  index: UsearchIndex,
  shape: IndexShape,
  { recallQueries = 200, recallAt = 10, seed = 0 }: ApproximateIndexOptions,
): ApproximateIndex {
  const rowsNear = (vector: Float32Array, top: number): number[] =>
    Array.from(index.search(vector, Math.min(top, vectors.count), 1).keys, Number)

  const measureRecall: ApproximateIndex['measureRecall'] = (again = {}) => {
    const at = Math.min(vectors.count - 1, checkCount('recallAt', again.recallAt ?? recallAt))
    const queries = checkCount('recallQueries', again.recallQueries ?? (recallQueries || 200))
    const drawn = random.integersBelow(random.key(again.seed ?? seed), queries, vectors.count)
    const vectorsDrawn = Array.from(drawn, row => Float32Array.from(unitVector(vectors.row(row))))
    const exclude = Array.from(drawn, row => [row])
    const exact = createNearest(vectors, { resident: false }).search(vectorsDrawn, { top: at, exclude })
    let found = 0
    vectorsDrawn.forEach((vector, i) => {
      const near = rowsNear(vector, at + 1).filter(row => row !== drawn[i])
      const wanted = new Set(exact[i]!.map(({ index: row }) => row))
      found += near.slice(0, at).filter(row => wanted.has(row)).length
    })
    return { recall: found / (queries * at), at, queries }
  }

  return {
    vectors,
    measured: recallQueries === 0 ? undefined : measureRecall(),
    measureRecall,
    neighboursOf(vector, top = 10) {
      const query = vectorOfTerm(vectors, vector)
      return rowsNear(query, checkCount('top', top))
        .map(row => ({ index: row, score: cosine(query, vectors.row(row)) }))
        .sort((a, b) => b.score - a.score || a.index - b.index)
        .map(row => named(vectors, row))
    },
    save: path => saveIndex(path, index, vectors, shape),
  }
}
