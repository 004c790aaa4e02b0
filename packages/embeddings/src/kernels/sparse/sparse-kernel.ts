import { sparseWasm } from '../sparse-wasm.ts'
import { compileWasm, instantiateWasm, type WasmMemory } from '../web-assembly.ts'

/** Columns of a panel of a dense matrix (assembly/sparse.ts). */
export const PANEL_COLUMNS = 32

/** What the compiled module of assembly/sparse.ts exports; addresses in bytes. */
export interface SparseExports {
  /** Rows begin … end − 1 of A·X for one panel of X. */
  multiplyPanel(
    offsets: number,
    columns: number,
    values: number,
    begin: number,
    end: number,
    x: number,
    out: number,
  ): void
  /** Adds Aᵀ·B of two panels to float64 [32 × 32]. */
  gramPanels(a: number, b: number, rows: number, out: number): void
  /** One panel of X·M, M float32 [32·panels × 32]. */
  applyPanel(x: number, panels: number, rows: number, matrix: number, out: number): void
}

/** The kernel over a memory. */
export function sparseExports(memory: WasmMemory): SparseExports {
  return instantiateWasm(compileWasm(sparseWasm), memory)
}
