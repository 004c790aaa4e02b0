/** The part of the WebAssembly interface that kernels use; Node's type package does not declare it. */

/** A compiled module; it can be sent to worker threads. */
export type WasmModule = object

/** Memory that several instances, also in other threads, can share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}

interface WebAssemblyHost {
  Module: new (bytes: Uint8Array) => WasmModule
  Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown }
  Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory
}

const PAGE = 65_536
const host = () => (globalThis as unknown as { WebAssembly: WebAssemblyHost }).WebAssembly

/** Most bytes that one memory can have: 32-bit addresses. */
export const LARGEST_MEMORY = 65_536 * PAGE

/** A compiled module from its bytes in base64. */
export function compileWasm(base64: string): WasmModule {
  const { Module } = host()
  return new Module(Buffer.from(base64, 'base64'))
}

/** Shared memory of at least so many bytes, all zero. */
export function wasmMemory(bytes: number): WasmMemory {
  const { Memory } = host()
  const pages = Math.max(1, Math.ceil(bytes / PAGE))
  return new Memory({ initial: pages, maximum: pages, shared: true })
}

/** What a module exports, over a memory. */
export function instantiateWasm<Exports>(module: WasmModule, memory: WasmMemory): Exports {
  const { Instance } = host()
  return new Instance(module, { env: { memory } }).exports as Exports
}
