import { gloveWasm } from '../glove-wasm.ts'
import { compileWasm, instantiateWasm, type WasmMemory, type WasmModule } from '../web-assembly.ts'

/**
 * The layout that the kernel and its twin share. A row holds, in float32: the vector, padded with zeros to `width`
 * numbers; the sums of its squared gradients; the bias; the bias's sum of squared gradients; two unused numbers.
 */
export interface GloveLayout {
  /** Words; the model has two rows for each, its own and, `words` rows on, the one it has as a context. */
  readonly words: number
  readonly dimensions: number
  /** `dimensions` rounded up to a multiple of 4. */
  readonly width: number
  /** Floats in a row: 2 · width + 4. */
  readonly row: number
}

/** Layout of a model of so many words and dimensions. */
export function gloveLayout(words: number, dimensions: number): GloveLayout {
  const width = Math.ceil(dimensions / 4) * 4
  return { words, dimensions, width, row: 2 * width + 4 }
}

/** Bytes of a training record: uint32 word, uint32 context, float32 log X, float32 f(X). */
export const GLOVE_RECORD_BYTES = 16

/** What training on a batch of records needs: addresses are bytes in the memory. */
export interface GloveBatch {
  readonly model: number
  readonly records: number
  /** Records in the batch. */
  readonly count: number
  readonly rate: number
  readonly clip: number
  /** Where the cost is added, a float64. */
  readonly cost: number
}

/** What the compiled module exports. */
export interface GloveExports {
  train(
    model: number,
    words: number,
    width: number,
    records: number,
    count: number,
    rate: number,
    clip: number,
    cost: number,
  ): number
}

/** The compiled kernel; it can be sent to worker threads. */
export function gloveModule(): WasmModule {
  return compileWasm(gloveWasm)
}

/** The kernel over a memory. */
export function gloveExports(module: WasmModule, memory: WasmMemory): GloveExports {
  return instantiateWasm(module, memory)
}

/**
 * Trains on a batch of records in order.
 *
 * @returns The number of records trained: fewer than there are when the cost of the next one is not finite.
 */
export function trainGloveBatch(kernel: GloveExports, layout: GloveLayout, batch: GloveBatch): number {
  const { model, records, count, rate, clip, cost } = batch
  return kernel.train(model, layout.words, layout.width, records, count, rate, clip, cost)
}
