import { ElmanError } from '@elman/core'
import { PANEL_COLUMNS, type SparseExports, sparseExports } from '../kernels/sparse/sparse-kernel.ts'
import { LARGEST_MEMORY, type WasmMemory, wasmMemory } from '../kernels/web-assembly.ts'
import { type SparseMatrix, transposed } from './sparse-matrix.ts'

/** A dense matrix in the memory, panel by panel of 32 columns (assembly/sparse.ts). */
export interface PanelMatrix {
  readonly address: number
  readonly rows: number
  /** All numbers: [panels × rows × 32]. */
  readonly data: Float32Array
}

/** The sparse matrix, its transpose, and four dense blocks in one memory, with the products between them. */
export interface SvdMemory {
  readonly panels: number
  /** Room for two blocks with the matrix's rows and two with its columns. */
  readonly left: PanelMatrix
  readonly spare: PanelMatrix
  readonly right: PanelMatrix
  readonly rightSpare: PanelMatrix
  /** out = A·x (or Aᵀ·x with `isTransposed`), one panel at a time, so that others may work in between. */
  multiply(x: PanelMatrix, panel: number, out: PanelMatrix, isTransposed: boolean): void
  /** xᵀ·x, float64 [columns × columns]. */
  gram(x: PanelMatrix): Float64Array
  /** out = x·matrix, a float64 [columns × columns] that is rounded to float32. */
  apply(x: PanelMatrix, matrix: Float64Array, out: PanelMatrix): void
}

/** @throws `EMBEDDING_SVD_TOO_LARGE` above 4 GiB. */
export function createSvdMemory(matrix: SparseMatrix, panels: number): SvdMemory {
  const columns = panels * PANEL_COLUMNS
  const entries = matrix.offsets[matrix.rows]!
  let bytes = 0
  const room = (length: number) => {
    const address = bytes
    bytes += Math.ceil(length / 64) * 64
    return address
  }
  const placeSparse = (rows: number) => ({
    offsets: room((rows + 1) * 4),
    indices: room(entries * 4),
    values: room(entries * 4),
  })
  const forward = placeSparse(matrix.rows)
  const backward = placeSparse(matrix.columns)
  const places = [matrix.rows, matrix.rows, matrix.columns, matrix.columns].map(rows => ({
    rows,
    address: room(rows * columns * 4),
  }))
  const gramAddress = room(PANEL_COLUMNS * PANEL_COLUMNS * 8)
  const factorAddress = room(columns * PANEL_COLUMNS * 4)
  if (bytes > LARGEST_MEMORY) throw tooLarge(bytes, entries)

  const memory = wasmMemory(bytes)
  const kernel = sparseExports(memory)
  putSparse(memory, matrix, forward)
  putSparse(memory, transposed(matrix), backward)
  const [left, spare, right, rightSpare] = places.map(({ rows, address }) => ({
    ...{ rows, address },
    data: new Float32Array(memory.buffer, address, rows * columns),
  })) as [PanelMatrix, PanelMatrix, PanelMatrix, PanelMatrix]
  return {
    panels,
    left,
    spare,
    right,
    rightSpare,
    multiply(x, panel, out, isTransposed) {
      const { offsets, indices, values } = isTransposed ? backward : forward
      const [from, to] = [panelOf(x, panel), panelOf(out, panel)]
      kernel.multiplyPanel(offsets, indices, values, 0, out.rows, from, to)
    },
    gram: x => gramOf(kernel, memory, x, panels, gramAddress),
    apply(x, factor, out) {
      const room = new Float32Array(memory.buffer, factorAddress, columns * PANEL_COLUMNS)
      for (let panel = 0; panel < panels; panel++) {
        for (let row = 0; row < columns; row++)
          for (let column = 0; column < PANEL_COLUMNS; column++)
            room[row * PANEL_COLUMNS + column] = factor[row * columns + panel * PANEL_COLUMNS + column]!
        kernel.applyPanel(x.address, panels, x.rows, factorAddress, panelOf(out, panel))
      }
    },
  }
}

const panelOf = ({ address, rows }: PanelMatrix, panel: number) => address + panel * rows * PANEL_COLUMNS * 4

function putSparse(
  { buffer }: WasmMemory,
  { offsets, indices, values }: SparseMatrix,
  place: { offsets: number; indices: number; values: number },
): void {
  const entries = offsets.at(-1)!
  new Uint32Array(buffer, place.offsets, offsets.length).set(offsets)
  new Uint32Array(buffer, place.indices, entries).set(indices.subarray(0, entries))
  new Float32Array(buffer, place.values, entries).set(values.subarray(0, entries))
}

function gramOf(
  kernel: SparseExports,
  { buffer }: WasmMemory,
  x: PanelMatrix,
  panels: number,
  address: number,
): Float64Array {
  const columns = panels * PANEL_COLUMNS
  const gram = new Float64Array(columns * columns)
  const block = new Float64Array(buffer, address, PANEL_COLUMNS * PANEL_COLUMNS)
  for (let a = 0; a < panels; a++) {
    for (let b = 0; b <= a; b++) {
      block.fill(0)
      kernel.gramPanels(panelOf(x, a), panelOf(x, b), x.rows, address)
      for (let i = 0; i < PANEL_COLUMNS; i++) {
        for (let j = 0; j < PANEL_COLUMNS; j++) {
          const [row, column] = [a * PANEL_COLUMNS + i, b * PANEL_COLUMNS + j]
          gram[row * columns + column] = block[i * PANEL_COLUMNS + j]!
          gram[column * columns + row] = block[i * PANEL_COLUMNS + j]!
        }
      }
    }
  }
  return gram
}

function tooLarge(bytes: number, entries: number): ElmanError {
  return new ElmanError('EMBEDDING_SVD_TOO_LARGE', {
    message: `a matrix of ${entries} entries does not fit into one memory with what its decomposition needs`,
    expected: 'at most 4 GiB',
    found: `${(bytes / 2 ** 30).toFixed(1)} GiB`,
    hint: 'leave rare words out by a higher minimum count, or raise the shift of PPMI',
  })
}
