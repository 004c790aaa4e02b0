import {
  createProductsKernel,
  createProductsMemory,
  MAXIMUM_MEMORY_BYTES,
  PAGE,
} from '../kernels/products/products-kernel.ts'
import type { ScoredRow } from '../kernels/products/top-heap.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { passAnalogies } from './pass-analogies.ts'
import { passQueries } from './pass-queries.ts'
import { checkCount } from './request.ts'
import { passingTiles, residentTiles, TILE_ROWS, tileBytes } from './row-tiles.ts'
import type { SearchSpace } from './search-space.ts'

/** Room that is left in the memory for queries and what is found. */
const WORK_BYTES = 512 * 2 ** 20

/** How an exact search keeps the rows it searches. */
export interface NearestOptions {
  /**
   * Whether to copy all rows into the kernel's memory once (4 bytes a number, beside the matrix of the vectors), for
   * many searches one after the other; or a tile of rows at a time, at each search anew. Results are the same.
   * By default: copied if they take at most `residentBytes`.
   */
  readonly resident?: boolean
  /** Default 1 GiB. */
  readonly residentBytes?: number
}

/** What to search for. */
export interface NearestRequest {
  /** Rows to be found for each query. Default 10. */
  readonly top?: number
  /** Only among the first so many rows: the most frequent words. Default: all. */
  readonly restrictVocabulary?: number | undefined
  /** Rows not to be found: for each query a list, or one list for all. */
  readonly exclude?: readonly (readonly number[])[] | undefined
}

/** Questions `a : b = c : ?` as rows. */
export interface AnalogyRequest extends Omit<NearestRequest, 'exclude'> {
  /** Three rows a question. */
  readonly questions: readonly (readonly [a: number, b: number, c: number])[]
  /** Above 0: 3CosMul with this epsilon; 0: 3CosAdd. */
  readonly epsilon: number
  /** Whether a, b and c themselves are no answers. Default true. */
  readonly excludeInputs?: boolean
}

/**
 * Exact search by cosine among the rows of some vectors, many queries at once. Scores are float32: products divided
 * by the norms of the rows, which are never normalised. Of equal scores the lowest row comes first.
 */
export interface Nearest {
  readonly vectors: WordVectors
  /** Whether all rows are in the kernel's memory. */
  readonly resident: boolean
  /** Best rows for each query, a vector of any length: it is divided by nothing, so give unit vectors for cosines. */
  search(queries: readonly Float32Array[], request?: NearestRequest): ScoredRow[][]
  /** Best rows for each analogy. Each word's similarities are computed once for all questions it occurs in. */
  analogies(request: AnalogyRequest): ScoredRow[][]
}

/**
 * Makes vectors ready for exact search. They are taken as they are now: a search does not notice when the matrix is
 * changed later.
 */
export function createNearest(vectors: WordVectors, options: NearestOptions = {}): Nearest {
  const all = tileBytes(vectors.count, vectors.dimensions)
  const fits = all + WORK_BYTES <= MAXIMUM_MEMORY_BYTES
  const resident = fits && (options.resident ?? all <= (options.residentBytes ?? 2 ** 30))
  const taken = resident ? all : tileBytes(TILE_ROWS, vectors.dimensions)
  const memory = createProductsMemory(taken)
  const kernel = createProductsKernel(memory)
  const tiles = (resident ? residentTiles : passingTiles)(vectors, memory.buffer, 0)

  const space = (restrictVocabulary: number | undefined): SearchSpace => ({
    vectors,
    kernel,
    tiles,
    rows: Math.min(vectors.count, checkCount('restrictVocabulary', restrictVocabulary ?? vectors.count)),
    reserve(bytes) {
      const missing = taken + bytes - memory.buffer.byteLength
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
      return { buffer: memory.buffer, address: taken }
    },
  })
  return {
    vectors,
    resident,
    search: (queries, { top = 10, restrictVocabulary, exclude } = {}) =>
      passQueries(space(restrictVocabulary), queries, checkCount('top', top), exclude),
    analogies: ({ top = 10, restrictVocabulary, ...request }) =>
      passAnalogies(space(restrictVocabulary), { ...request, top: checkCount('top', top) }),
  }
}
