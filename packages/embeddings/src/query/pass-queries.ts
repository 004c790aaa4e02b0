import { clearHeap, heapBytes, readHeap, type ScoredRow } from '../kernels/products/top-heap.ts'
import { TILE_ROWS } from './row-tiles.ts'
import { forEachTile, layOut, type SearchSpace, writeRows } from './search-space.ts'
import { vectorOfTerm } from './terms.ts'

/** Queries answered in one pass over the rows. */
const QUERIES_A_PASS = 64
/** Bytes that the heaps of one pass may take, unless there is only one. */
const HEAP_BYTES = 64 * 2 ** 20

/** Best rows for each query: passes over the rows, many queries in each. */
export function passQueries(
  space: SearchSpace,
  queries: readonly Float32Array[],
  top: number,
  exclude: readonly (readonly number[])[] = [],
): ScoredRow[][] {
  for (const query of queries) vectorOfTerm(space.vectors, query) // refuses another length
  // What must not be found is found as well, and left out then.
  const spare = exclude.reduce((most, list) => Math.max(most, list.length), 0)
  const capacity = Math.min(space.rows, top + spare)
  const block = Math.max(1, Math.min(QUERIES_A_PASS, Math.floor(HEAP_BYTES / heapBytes(capacity))))
  const found: ScoredRow[][] = []
  for (let begin = 0; begin < queries.length; begin += block)
    found.push(...passOnce(space, queries.slice(begin, begin + block), capacity))
  return found.map((rows, query) => {
    const refused = new Set(exclude[query])
    return rows.filter(({ index }) => !refused.has(index)).slice(0, top)
  })
}

function passOnce(space: SearchSpace, queries: readonly Float32Array[], capacity: number): ScoredRow[][] {
  const { kernel, tiles } = space
  const apart = heapBytes(capacity)
  const { offsets, bytes } = layOut({
    queries: queries.length * tiles.stride * 4,
    scores: queries.length * TILE_ROWS * 4,
    heaps: queries.length * apart,
  })
  const { buffer, address } = space.reserve(bytes)
  const scores = address + offsets.scores
  const heaps = address + offsets.heaps
  writeRows(buffer, address + offsets.queries, tiles.stride, queries)
  for (let q = 0; q < queries.length; q++) clearHeap(buffer, heaps + q * apart, capacity)

  forEachTile(space, ({ first, count, rows, norms }) => {
    const begin = address + offsets.queries
    kernel.similarities(rows, norms, tiles.stride, count, begin, queries.length, scores, TILE_ROWS)
    for (let q = 0; q < queries.length; q++)
      kernel.select(scores + q * TILE_ROWS * 4, count, first, heaps + q * apart)
  })
  return queries.map((_, q) => readHeap(buffer, heaps + q * apart))
}
