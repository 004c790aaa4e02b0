import type { ProductsKernel } from '../kernels/products/products-kernel.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import { type RowTiles, TILE_ROWS } from './row-tiles.ts'

/** What one search works with: the kernel, the rows it looks at, and room in its memory. */
export interface SearchSpace {
  readonly vectors: WordVectors
  readonly kernel: ProductsKernel
  readonly tiles: RowTiles
  /** Rows looked at: 0 … rows − 1. */
  readonly rows: number
  /** Room for so many bytes, behind the rows; one search uses it at a time. */
  reserve(bytes: number): { readonly buffer: ArrayBufferLike; readonly address: number }
}

/** Addresses of parts that follow each other, each a multiple of 16, and the bytes of all. */
export function layOut<Name extends string>(
  sizes: Readonly<Record<Name, number>>,
): { readonly offsets: Readonly<Record<Name, number>>; readonly bytes: number } {
  let bytes = 0
  const offsets = {} as Record<Name, number>
  for (const name in sizes) {
    offsets[name] = bytes
    bytes += Math.ceil(sizes[name] / 16) * 16
  }
  return { offsets, bytes }
}

/** Writes vectors as rows of the kernel, filled up with zeros. */
export function writeRows(
  buffer: ArrayBufferLike,
  address: number,
  stride: number,
  vectors: readonly Float32Array[],
): void {
  const floats = new Float32Array(buffer, address, stride * vectors.length).fill(0)
  vectors.forEach((vector, i) => void floats.set(vector, i * stride))
}

/** Calls `look` for each tile of the rows searched, with where its rows and norms lie. */
export function forEachTile(
  { tiles, rows }: SearchSpace,
  look: (tile: { first: number; count: number; rows: number; norms: number }) => void,
): void {
  for (let first = 0; first < rows; first += TILE_ROWS)
    look({ first, count: Math.min(TILE_ROWS, rows - first), ...tiles.at(first) })
}
