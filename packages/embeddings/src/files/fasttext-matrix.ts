/**
 * The matrices of a fastText model: float32, or quantised by a product quantiser (Jégou et al. 2011): a row is cut into
 * pieces of `piece` numbers, each stored as the number (a byte) of the nearest of 256 centroids; the row's length may
 * be quantised apart.
 */

import { allocateRows } from './allocate-rows.ts'
import type { BinaryReader } from './binary-reader.ts'
import { fastTextInvalid } from './fasttext-arguments.ts'

/** Rows that can be added up. */
export interface FastTextMatrix {
  readonly rows: number
  readonly columns: number
  /** Adds row `row` to `target`. */
  addRow(row: number, target: Float32Array): void
  /** All numbers row by row; undefined when the matrix is quantised. */
  readonly data: Float32Array | undefined
}

/** Centroids a piece. */
const CENTROIDS = 256

/** A matrix of float32, row by row; `data` is used as it is. */
export function denseMatrix(rows: number, columns: number, data: Float32Array): FastTextMatrix {
  return {
    rows,
    columns,
    data,
    addRow(row, target) {
      const at = row * columns
      for (let i = 0; i < columns; i++) target[i]! += data[at + i]!
    },
  }
}

/** Reads a float32 matrix: rows, columns, numbers. @throws `EMBEDDING_FILE_TRUNCATED`, `EMBEDDING_FASTTEXT_INVALID` */
export async function readDenseMatrix(
  reader: BinaryReader,
  columns: number,
  name: string,
): Promise<FastTextMatrix> {
  const rows = await readShape(reader, columns, name)
  reader.require(rows * columns * 4, name)
  const data = allocateRows(rows, columns, reader.stream.path)
  await reader.fill(data, name)
  return denseMatrix(rows, columns, data)
}

/** Moves behind a float32 matrix. */
export async function skipDenseMatrix(reader: BinaryReader, columns: number, name: string): Promise<void> {
  const rows = await readShape(reader, columns, name)
  await reader.skip(rows * columns * 4, name)
}

async function readShape(reader: BinaryReader, columns: number, name: string): Promise<number> {
  const at = reader.position
  const rows = await reader.int64(name)
  const found = await reader.int64(name)
  if (!(rows >= 0 && Number.isSafeInteger(rows)) || found !== columns)
    throw fastTextInvalid(
      reader.stream.path,
      at,
      `the shape of ${name} is wrong`,
      `rows × ${columns}`,
      `${rows} × ${found}`,
    )
  return rows
}

/** Reads a quantised matrix. @throws `EMBEDDING_FILE_TRUNCATED`, `EMBEDDING_FASTTEXT_INVALID` */
export async function readQuantisedMatrix(
  reader: BinaryReader,
  columns: number,
  name: string,
): Promise<FastTextMatrix> {
  const { path } = reader.stream
  const withNorms = await reader.boolean(name)
  const rows = await readShape(reader, columns, name)
  const at = reader.position
  const size = await reader.int32(name)
  reader.require(size, name)
  const codes = new Uint8Array(size)
  await reader.fill(codes, name)
  const quantiser = await readQuantiser(reader, columns, name)
  if (size !== rows * quantiser.pieces)
    throw fastTextInvalid(
      path,
      at,
      `the codes of ${name} do not fit its shape`,
      `${rows * quantiser.pieces}`,
      `${size}`,
    )
  if (!withNorms) return quantisedMatrix(rows, columns, quantiser, codes)
  reader.require(rows, name)
  const normCodes = new Uint8Array(rows)
  await reader.fill(normCodes, name)
  const norms = await readQuantiser(reader, 1, `the lengths of ${name}`)
  return quantisedMatrix(rows, columns, quantiser, codes, { codes: normCodes, centroids: norms.centroids })
}

interface Quantiser {
  /** Pieces a row, numbers a piece, numbers of the last piece. */
  readonly pieces: number
  readonly piece: number
  readonly last: number
  readonly centroids: Float32Array
}

async function readQuantiser(reader: BinaryReader, columns: number, name: string): Promise<Quantiser> {
  const at = reader.position
  const head = await reader.take(16, name)
  const [dimensions = 0, pieces = 0, piece = 0, last = 0] = [0, 4, 8, 12].map(offset =>
    head.readInt32LE(offset),
  )
  const fits = piece > 0 && last > 0 && last <= piece && pieces > 0 && (pieces - 1) * piece + last === columns
  if (dimensions !== columns || !fits) {
    const found = `${dimensions} numbers in ${pieces} pieces of ${piece}, the last of ${last}`
    throw fastTextInvalid(
      reader.stream.path,
      at,
      `the quantiser of ${name} is wrong`,
      `pieces of ${columns} numbers`,
      found,
    )
  }
  reader.require(columns * CENTROIDS * 4, name)
  const centroids = new Float32Array(columns * CENTROIDS)
  await reader.fill(centroids, name)
  return { pieces, piece, last, centroids }
}

function quantisedMatrix(
  rows: number,
  columns: number,
  { pieces, piece, last, centroids }: Quantiser,
  codes: Uint8Array,
  norms?: { readonly codes: Uint8Array; readonly centroids: Float32Array },
): FastTextMatrix {
  return {
    rows,
    columns,
    data: undefined,
    addRow(row, target) {
      const norm = norms === undefined ? 1 : norms.centroids[norms.codes[row]!]!
      for (let p = 0; p < pieces; p++) {
        const width = p === pieces - 1 ? last : piece
        const from = p * CENTROIDS * piece + codes[row * pieces + p]! * width
        for (let i = 0; i < width; i++) target[p * piece + i]! += Math.fround(norm * centroids[from + i]!)
      }
    },
  }
}
