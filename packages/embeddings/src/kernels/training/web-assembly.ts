/** The part of the WebAssembly interface that training uses; Node's type package does not declare it. */

/** Memory that instances and worker threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}

/** A compiled module; it can be sent to worker threads. */
export type WasmModule = object

interface WasmHost {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => WasmModule
  readonly Instance: new (
    module: WasmModule,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: unknown }
}

/** The engine's WebAssembly. */
export const webAssembly = (globalThis as unknown as { WebAssembly: WasmHost }).WebAssembly
