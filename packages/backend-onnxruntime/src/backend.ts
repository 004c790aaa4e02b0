import {
  type Backend,
  type CompileOptions,
  type Executable,
  type Graph,
  interpret,
  type NdArray,
  optimize,
} from '@elman/core'
import { splitHostPart } from './lowering/host-part.ts'
import { lowerGraph } from './lowering/lower.ts'
import { SessionCache } from './session/session-cache.ts'
import type { SessionOptions } from './session/session-options.ts'

/** Settings of the backend: those of a session, for every graph it compiles. */
export type OnnxRuntimeOptions = Pick<
  SessionOptions,
  'threads' | 'spinning' | 'deterministic' | 'device' | 'graphOptimizationLevel' | 'profile'
>

/**
 * Runs graphs on ONNX Runtime. Results are written straight into the arrays given with `into`, without a copy.
 * Random numbers are drawn by the host, with the same bits as everywhere.
 */
export function onnxRuntimeBackend(options: OnnxRuntimeOptions = {}): Backend {
  const cache = new SessionCache()
  const threads = options.threads ?? 1
  return {
    name: 'onnxruntime',
    describe: () => ({
      backend: 'onnxruntime',
      version: RUNTIME_VERSION,
      device: options.device ?? 'cpu',
      threads,
    }),
    compile: (graph, compileOptions = {}) =>
      compileGraph(cache, graph, { ...options, threads }, compileOptions),
  }
}

/** The pinned version of onnxruntime-node. */
const RUNTIME_VERSION = '1.30.0'

async function compileGraph(
  cache: SessionCache,
  graph: Graph,
  options: OnnxRuntimeOptions,
  { name, threads }: CompileOptions,
): Promise<Executable> {
  const { host, device } = splitHostPart(optimize(graph))
  const model = lowerGraph(device, name === undefined ? {} : { name }).encodeModel({
    writesIntoBuffers: true,
  })
  const lease = await cache.acquire(model, {
    ...options,
    ...(threads === undefined ? {} : { threads }),
    label: name ?? 'graph',
  })
  return {
    async run(inputs: readonly NdArray[], runOptions = {}) {
      const drawn = host === undefined ? [] : interpret(host, inputs)
      return lease.session.run(
        [...inputs, ...drawn],
        runOptions.into === undefined ? {} : { into: [...runOptions.into] },
      )
    },
    dispose: async () => lease.release(),
  }
}
