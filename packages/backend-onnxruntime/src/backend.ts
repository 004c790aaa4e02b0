import { createRequire } from 'node:module'
import {
  type Backend,
  type CompileOptions,
  type Executable,
  type Graph,
  type NdArray,
  optimize,
} from '@elman/core'
import { hostDraws } from './host-draws.ts'
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
      version: runtimeVersion(),
      device: options.device ?? 'cpu',
      threads,
    }),
    compile: (graph, compileOptions = {}) =>
      compileGraph(cache, graph, { ...options, threads }, compileOptions),
  }
}

/** The installed version of onnxruntime-node, without loading its library. */
function runtimeVersion(): string {
  const require = createRequire(import.meta.url)
  return (require('onnxruntime-node/package.json') as { version: string }).version
}

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
  const draws = hostDraws(host)
  const inputCount = graph.inputs.length
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(inputs: readonly NdArray[], { into } = {}) {
      // Masks are kept between runs, so a run draws its own only when the one before has ended.
      const run = last.then(() => {
        const drawn = inputs.length === inputCount ? draws.draw(inputs) : []
        return lease.session.run([...inputs, ...drawn], into === undefined ? {} : { into })
      })
      last = run.catch(() => undefined)
      return run
    },
    dispose: () => last.then(() => lease.release()),
  }
}
