import type { Graph } from '../ir/graph.ts'
import type { NdArray } from '../tensor/nd-array.ts'

/** How a graph is to be run. Backends refuse what they do not know. */
export interface CompileOptions {
  /** Threads inside one operation; the backend's default when absent. */
  readonly threads?: number
  /** Name for profiles and error messages. */
  readonly name?: string
}

/** How one run returns its results. */
export interface RunOptions {
  /**
   * Arrays that the backend may write results into, one per output (undefined: a fresh array). They must not overlap
   * any input. The result of the run names the arrays to read, whether these or fresh ones.
   */
  readonly into?: readonly (NdArray | undefined)[]
}

/** A compiled graph. Calls run one after the other; inputs are never changed. */
export interface Executable {
  /** Runs the graph: one array per graph input, in order; resolves to one array per output. */
  run(inputs: readonly NdArray[], options?: RunOptions): Promise<NdArray[]>
  /** Frees what the backend holds. Safe to call twice. */
  dispose(): Promise<void>
}

/** Something that runs graphs. */
export interface Backend {
  readonly name: string
  /** What a run records: library, version, device, threads. */
  describe(): Readonly<Record<string, string | number>>
  /** Prepares a graph for running; equal graphs may share what is prepared. */
  compile(graph: Graph, options?: CompileOptions): Promise<Executable>
}
