import { availableParallelism } from 'node:os'
import {
  type Backend,
  type CompileOptions,
  ElmanError,
  type Executable,
  formatType,
  type Graph,
  type NdArray,
  optimize,
  type RunOptions,
  sameShape,
  type TensorType,
} from '@elman/core'
import type { TfjsDevice } from './device/device.ts'
import { automaticDevice, type LoadedDevice, loadDevice, onDevice, reasonOf } from './device/load-device.ts'
import { KernelContext } from './kernels/context.ts'
import { refuseWideTypes } from './program/element-types.ts'

/** Settings of the backend. */
export interface TfjsOptions {
  /** Where graphs run; `auto`, the default, takes the first device that works. */
  readonly device?: TfjsDevice | 'auto'
}

/** The release whose kernels this package was tested with; package.json pins it. */
const VERSION = '4.22.0'

/**
 * Runs graphs on the kernels of TensorFlow.js, in float32, int32 and bool. Loops are counted by the host, with what
 * they carry on the device. Random numbers are drawn by the host, with the same bits as everywhere. The library is
 * loaded with the first graph, or to say what `auto` comes to.
 *
 * `threads` of the compile options has no effect: wasm and cpu have one thread, the native library
 * takes one for each core.
 */
export function tfjsBackend({ device: wanted = 'auto' }: TfjsOptions = {}): Backend {
  let loading: Promise<LoadedDevice> | undefined
  let device = wanted === 'auto' ? undefined : wanted
  return {
    name: 'tfjs',
    describe: () => {
      device ??= automaticDevice()
      return { backend: 'tfjs', version: VERSION, device, threads: threadsOf(device) }
    },
    async compile(graph, { name = 'graph' } = {}) {
      loading ??= loadDevice(wanted, name)
      const loaded = await loading
      device = loaded.device
      return compileGraph(loaded, graph, { name })
    },
  }
}

/** The native library takes a thread for each core unless TF_NUM_INTRAOP_THREADS says otherwise; the others have one. */
function threadsOf(device: TfjsDevice): number {
  if (device !== 'node' && device !== 'node-gpu') return 1
  return Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
}

async function compileGraph(
  loaded: LoadedDevice,
  graph: Graph,
  { name = 'graph' }: CompileOptions,
): Promise<Executable> {
  const optimized = optimize(graph)
  refuseWideTypes(optimized, name)
  const context = new KernelContext(loaded.tf, loaded.engineName)
  const program = await onDevice(loaded, () => context.program(optimized))
  const runNow = (inputs: readonly NdArray[], into: RunOptions['into'] = []): NdArray[] => {
    graph.inputs.forEach((value, i) => {
      checkArray(value.type, inputs[i], `input ${i}`, name)
    })
    graph.outputs.forEach((value, i) => {
      if (into[i] !== undefined) checkArray(value.type, into[i], `array for output ${i}`, name)
    })
    const results: NdArray[] = []
    // One scope for the whole run: if a kernel throws, nothing stays on the device.
    context.tidy(() => {
      const outputs = program.run(inputs.map(input => context.upload(input)))
      outputs.forEach((output, i) => {
        results.push(context.download(output, into[i]))
      })
      return []
    })
    return results
  }
  return {
    async run(inputs, { into } = {}) {
      try {
        return await onDevice(loaded, () => runNow(inputs, into))
      } catch (cause) {
        throw cause instanceof ElmanError ? cause : runError(cause, loaded.device, name)
      }
    },
    async dispose() {
      await onDevice(loaded, () => context.dispose())
    },
  }
}

function checkArray(type: TensorType, given: NdArray | undefined, what: string, where: string): void {
  if (given?.dtype === type.dtype && sameShape(given.shape, type.shape)) return
  throw new ElmanError('INPUT_MISMATCH', {
    message: `${what} does not fit the graph`,
    expected: formatType(type),
    found: given === undefined ? 'nothing' : formatType(given),
    where,
  })
}

function runError(cause: unknown, device: TfjsDevice, where: string): ElmanError {
  const found = reasonOf(cause)
  return new ElmanError('TFJS_RUN_FAILED', {
    message: `a kernel of TensorFlow.js failed on device "${device}"`,
    found,
    where,
    hint: 'the inputs were of the declared types and shapes: is an index out of range? else report it with the graph',
    cause,
  })
}
