import { productsWasm } from '../products-wasm.ts'

/**
 * Exact search over a memory of numbers: what assembly/products.ts exports, and its twin in TypeScript does too with
 * the same bits. Addresses are bytes, multiples of 16 for vectors and 4 for the rest. Rows and queries are float32,
 * `stride` apart, a multiple of 4, filled up with zeros.
 */
export interface ProductsKernel {
  /** out[q · outStride + r] = rows[r] · queries[q] / norms[r], for `count` rows and `queryCount` queries. */
  similarities(
    rows: number,
    norms: number,
    stride: number,
    count: number,
    queries: number,
    queryCount: number,
    out: number,
    outStride: number,
  ): void
  /** Offers `count` scores, the first of which is of row `firstIndex`, to a heap (top-heap.ts). */
  select(scores: number, count: number, firstIndex: number, heap: number): void
  /**
   * Offers the score of each of `count` rows to the heap of each question `a : b = c : ?`. `lines` are similarities
   * [words × stride], questions int32 [questionCount × 3] of lines. Epsilon 0 means 3CosAdd, above 0 3CosMul.
   */
  analogies(
    lines: number,
    stride: number,
    count: number,
    firstIndex: number,
    questions: number,
    questionCount: number,
    heaps: number,
    heapBytes: number,
    epsilon: number,
  ): void
}

/** The part of the WebAssembly interface that is used here; Node's type package does not declare it. */
interface WebAssemblyHost {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { readonly exports: unknown }
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => ProductsMemory
}

/** A memory for the kernel. */
export interface ProductsMemory {
  readonly buffer: SharedArrayBuffer
  /** Adds so many pages; `buffer` is another object then, over the same numbers. */
  grow(pages: number): number
}

const host = (globalThis as unknown as { WebAssembly: WebAssemblyHost }).WebAssembly

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65_536
/** Bytes that one such memory can have. */
export const MAXIMUM_MEMORY_BYTES = 65_536 * PAGE

/** A memory of at least `bytes`. */
export function createProductsMemory(bytes: number): ProductsMemory {
  return new host.Memory({ initial: Math.ceil(bytes / PAGE), maximum: 65_536, shared: true })
}

let compiled: object | undefined

/** The kernel over a memory. The module is compiled once in a process: engines make its code faster as it runs. */
export function createProductsKernel(memory: ProductsMemory): ProductsKernel {
  compiled ??= new host.Module(Buffer.from(productsWasm, 'base64'))
  return new host.Instance(compiled, { env: { memory } }).exports as ProductsKernel
}
