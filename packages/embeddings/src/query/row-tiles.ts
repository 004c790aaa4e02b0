import type { WordVectors } from '../words/word-vectors.ts'

/** Rows looked at together: small enough to stay in the cache of a core. */
export const TILE_ROWS = 256

/** Where the rows of some vectors lie in a kernel's memory, a tile at a time. */
export interface RowTiles {
  /** Floats from one row to the next. */
  readonly stride: number
  /** Bytes taken, from the address given. */
  readonly bytes: number
  /** Makes the tile that begins with row `first` (a multiple of {@link TILE_ROWS}) readable; says where it lies. */
  at(first: number): { readonly rows: number; readonly norms: number }
}

/** Floats of a row in memory: the dimensions, filled up to a multiple of 4. */
export function strideOf(dimensions: number): number {
  return Math.ceil(dimensions / 4) * 4
}

/** Bytes that `count` rows and their norms take in memory. */
export function tileBytes(count: number, dimensions: number): number {
  return count * strideOf(dimensions) * 4 + Math.ceil(count / 4) * 16
}

/** All rows, copied into the memory once. */
export function residentTiles(vectors: WordVectors, buffer: ArrayBufferLike, address: number): RowTiles {
  const stride = strideOf(vectors.dimensions)
  const norms = address + vectors.count * stride * 4
  copyRows(vectors, 0, vectors.count, buffer, address, norms)
  return {
    stride,
    bytes: tileBytes(vectors.count, vectors.dimensions),
    at: first => ({ rows: address + first * stride * 4, norms: norms + first * 4 }),
  }
}

/** Room for one tile, into which rows are copied each time they are asked for. */
export function passingTiles(vectors: WordVectors, buffer: ArrayBufferLike, address: number): RowTiles {
  const stride = strideOf(vectors.dimensions)
  const norms = address + TILE_ROWS * stride * 4
  return {
    stride,
    bytes: tileBytes(TILE_ROWS, vectors.dimensions),
    at(first) {
      copyRows(vectors, first, Math.min(first + TILE_ROWS, vectors.count), buffer, address, norms)
      return { rows: address, norms }
    },
  }
}

/** A row of zeros is given norm 1, so that its similarity to everything is 0. */
function copyRows(
  vectors: WordVectors,
  begin: number,
  end: number,
  buffer: ArrayBufferLike,
  rows: number,
  norms: number,
): void {
  const { dimensions, matrix } = vectors
  const stride = strideOf(dimensions)
  const to = new Float32Array(buffer, rows, (end - begin) * stride)
  if (stride === dimensions) to.set(matrix.subarray(begin * dimensions, end * dimensions))
  else
    for (let row = begin; row < end; row++)
      to.set(matrix.subarray(row * dimensions, (row + 1) * dimensions), (row - begin) * stride)
  const lengths = new Float32Array(buffer, norms, end - begin)
  for (let row = begin; row < end; row++) lengths[row - begin] = vectors.norms[row]! || 1
}
