import { ElmanError, random } from '@elman/core'
import { GLOVE_RECORD_BYTES, type GloveLayout, gloveLayout } from '../kernels/glove/glove-kernel.ts'
import { LARGEST_MEMORY, type WasmMemory, wasmMemory } from '../kernels/web-assembly.ts'
import type { GloveSettings } from './glove-settings.ts'

/** Records that are trained in one call of the kernel. */
export const BATCH_RECORDS = 1 << 14

/** Where each part lies in the memory that all workers share; addresses in bytes. */
export interface GloveMemory {
  readonly memory: WasmMemory
  readonly layout: GloveLayout
  readonly model: number
  /** All rows of the model, float32 [2·words × row]. */
  readonly rows: Float32Array
  /** Int32 [1 + workers]: not 0 when all shall stop, then the batches that each worker has done. */
  readonly control: Int32Array
  readonly workers: readonly { readonly records: number; readonly cost: number }[]
}

/**
 * Memory for a model and its workers, all zero.
 *
 * @throws `EMBEDDING_GLOVE_TOO_LARGE` above 4 GiB.
 */
export function createGloveMemory(words: number, dimensions: number, workers: number): GloveMemory {
  const layout = gloveLayout(words, dimensions)
  const costs = align(4 * (1 + workers))
  const batches = align(costs + 64 * workers)
  const model = batches + workers * BATCH_RECORDS * GLOVE_RECORD_BYTES
  const floats = 2 * words * layout.row
  const bytes = model + floats * 4
  if (bytes > LARGEST_MEMORY) {
    throw new ElmanError('EMBEDDING_GLOVE_TOO_LARGE', {
      message: `${words} words of ${dimensions} dimensions do not fit into one memory`,
      expected: 'at most 4 GiB',
      found: `${(bytes / 2 ** 30).toFixed(1)} GiB`,
      hint: 'use fewer dimensions, or leave rare words out by a higher minimum count',
    })
  }
  const memory = wasmMemory(bytes)
  return {
    memory,
    layout,
    model,
    rows: new Float32Array(memory.buffer, model, floats),
    control: new Int32Array(memory.buffer, 0, 1 + workers),
    workers: Array.from({ length: workers }, (_, at) => ({
      records: batches + at * BATCH_RECORDS * GLOVE_RECORD_BYTES,
      cost: costs + at * 64,
    })),
  }
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64

/** Vectors and biases uniform in [−½, ½) / dimensions, sums of squared gradients 1, as in the C tool. */
export function initialiseGlove({ layout, rows }: GloveMemory, { seed }: Pick<GloveSettings, 'seed'>): void {
  const { words, dimensions, width, row } = layout
  const key = random.foldIn(random.key(seed), 'glove-vectors')
  const drawn = new Float32Array(dimensions + 1)
  for (let at = 0; at < 2 * words; at++) {
    random.uniform(key, dimensions + 1, 'float32', drawn, at * (dimensions + 1))
    const begin = at * row
    for (let i = 0; i < dimensions; i++) rows[begin + i] = (drawn[i]! - 0.5) / dimensions
    rows.fill(1, begin + width, begin + 2 * width)
    rows[begin + 2 * width] = (drawn[dimensions]! - 0.5) / dimensions
    rows[begin + 2 * width + 1] = 1
  }
}

/** Which vectors to take out of a model: w + w̃, w alone, or w̃ alone. */
export type GlovePart = 'sum' | 'words' | 'contexts'

/** Vectors of all words, float32 [words × dimensions], without padding. */
export function gloveMatrix({ layout, rows }: GloveMemory, part: GlovePart): Float32Array {
  const { words, dimensions, row } = layout
  const matrix = new Float32Array(words * dimensions)
  for (let word = 0; word < words; word++) {
    const own = word * row
    const context = (words + word) * row
    for (let i = 0; i < dimensions; i++) {
      const w = part === 'contexts' ? 0 : rows[own + i]!
      matrix[word * dimensions + i] = part === 'words' ? w : w + rows[context + i]!
    }
  }
  return matrix
}
