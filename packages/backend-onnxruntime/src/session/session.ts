// Never end a worker thread by terminate() while a run is in progress: ONNX Runtime aborts the whole process.
// A run is one blocking native call: timers and sockets of this thread wait until it is over.
import { allocate, type DType, ElmanError, type NdArray, sizeOf } from '@elman/core'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { DISCARD_OUTPUT } from '../onnx/encode-model.ts'
import { refuseAliases } from './alias-guard.ts'
import { arrayOfTensor, checkArray, type SessionValue, TensorWrapper } from './bound-tensor.ts'
import { leftBlank, markBlank, runIntoBuffers, worthAvoidingCopies } from './run-native.ts'
import { loadOnnxRuntime, type OnnxRuntime } from './runtime.ts'
import { creationError, runError } from './session-errors.ts'
import {
  nativeOptions,
  type ResolvedSessionOptions,
  resolveSessionOptions,
  type SessionOptions,
} from './session-options.ts'
import { checkWebgpuLimits } from './webgpu-limits.ts'

/** What one run may ask for. */
export interface RunOptions {
  /** Names of the wanted outputs, in the wanted order; all in model order unless given. */
  readonly outputs?: readonly string[]
  /** Buffers for the wanted outputs by position; undefined where a fresh array is wanted. */
  readonly into?: readonly (NdArray | undefined)[]
}

/** A model made ready to run. */
export interface Session {
  /** Inputs by position. */
  readonly inputs: readonly SessionValue[]
  /** Outputs by position. */
  readonly outputs: readonly SessionValue[]
  readonly options: ResolvedSessionOptions
  /** Whether results land in their buffers without a copy (see `run-native.ts`); known after the first run worth it. */
  readonly direct: boolean
  /**
   * Runs the model. Overlapping calls run one after the other in the order of the calls; buffers must be left alone
   * until the promise settles.
   *
   * @param feeds - one array per input, by position, or by name.
   * @returns the wanted outputs; an array of `into` is returned itself.
   * @throws `ORT_FEED_COUNT`, `ORT_FEED_MISMATCH`, `ORT_FETCH_MISMATCH`, `ORT_OUTPUT_UNKNOWN`, `ORT_ALIASED_BUFFERS`
   * before anything runs; `ORT_RUN_FAILED` from inside; `ORT_SESSION_RELEASED` after release.
   */
  run(feeds: readonly NdArray[] | ReadonlyMap<string, NdArray>, options?: RunOptions): Promise<NdArray[]>
  /** Frees the native session after runs in progress. Calling it again does nothing. */
  release(): Promise<void>
}

/**
 * Makes a session from the bytes of a model.
 *
 * @throws `ORT_OPTION_UNKNOWN`, `ORT_OPTION_INVALID`, `ORT_UNAVAILABLE`, `ORT_DEVICE_UNAVAILABLE`, `ORT_NO_KERNEL`,
 * `ORT_WEBGPU_LIMIT`, `ORT_SESSION_FAILED`, `ORT_VALUE_UNSUPPORTED`.
 */
export async function createSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const resolved = resolveSessionOptions(options)
  const runtime = await loadOnnxRuntime()
  if (resolved.device === 'webgpu') checkWebgpuLimits(model, resolved.label)
  let native: InferenceSession
  try {
    native = await runtime.InferenceSession.create(model, nativeOptions(resolved))
  } catch (cause) {
    throw creationError(cause, resolved)
  }
  try {
    return new NativeSession(runtime, native, resolved)
  } catch (error) {
    await native.release()
    throw error
  }
}

class NativeSession implements Session {
  readonly inputs: readonly SessionValue[]
  readonly outputs: readonly SessionValue[]
  readonly options: ResolvedSessionOptions
  readonly #native: InferenceSession
  readonly #wrapper: TensorWrapper
  readonly #feeds: Record<string, Tensor> = {}
  /** How far results can be left in buffers: not at all, to be checked at the next run, checked. */
  #direct: 'off' | 'unchecked' | 'on'
  #last: Promise<unknown> = Promise.resolve()
  #released: Promise<void> | undefined

  constructor(runtime: OnnxRuntime, native: InferenceSession, options: ResolvedSessionOptions) {
    this.#native = native
    this.#wrapper = new TensorWrapper(runtime)
    this.options = options
    this.inputs = native.inputMetadata.map(value => sessionValue(value, options.label))
    this.#direct = native.outputNames[0] === DISCARD_OUTPUT ? 'unchecked' : 'off'
    const outputs = this.#direct === 'off' ? native.outputMetadata : native.outputMetadata.slice(1)
    this.outputs = outputs.map(value => sessionValue(value, options.label))
  }

  get direct(): boolean {
    return this.#direct === 'on'
  }

  async run(
    given: readonly NdArray[] | ReadonlyMap<string, NdArray>,
    { outputs: names, into = [] }: RunOptions = {},
  ): Promise<NdArray[]> {
    const { label } = this.options
    if (this.#released !== undefined) {
      throw new ElmanError('ORT_SESSION_RELEASED', {
        message: 'the session was released and cannot run',
        where: label,
        hint: 'make a new session, or release this one later',
      })
    }
    const feeds = this.#order(given)
    const wanted = names === undefined ? this.outputs : names.map(name => this.#output(name))
    if (into.length > wanted.length) throw tooMany(into.length, wanted.length, label)
    for (let i = 0; i < feeds.length; i++) checkArray(feeds[i]!, this.inputs[i]!, 'feed', label)
    for (let i = 0; i < into.length; i++) if (into[i]) checkArray(into[i]!, wanted[i]!, 'fetch', label)
    refuseAliases(this.inputs, feeds, wanted, into, label)
    const run = this.#last.then(() => this.#start(feeds, wanted, into))
    this.#last = run.catch(() => undefined)
    return run
  }

  release(): Promise<void> {
    this.#released ??= this.#last.then(async () => {
      if (this.options.profile !== undefined) this.#native.endProfiling()
      await this.#native.release()
    })
    return this.#released
  }

  async #start(
    feeds: readonly NdArray[],
    wanted: readonly SessionValue[],
    into: readonly (NdArray | undefined)[],
  ): Promise<NdArray[]> {
    for (let i = 0; i < feeds.length; i++) this.#feeds[this.inputs[i]!.name] = this.#wrapper.wrap(feeds[i]!)
    try {
      if (this.#direct !== 'off') {
        const buffers = wanted.map((value, i) => into[i] ?? freshBuffer(value))
        const direct = allPresent(buffers) && worthAvoidingCopies(buffers)
        if (direct && (await this.#runDirect(wanted, buffers))) return buffers
      }
      const fetches: Record<string, Tensor | null> = {}
      wanted.forEach(({ name }, i) => {
        fetches[name] = into[i] === undefined ? null : this.#wrapper.wrap(into[i])
      })
      const results = wanted.length === 0 ? {} : await this.#native.run(this.#feeds, fetches)
      return wanted.map(({ name }, i) => into[i] ?? arrayOfTensor(results[name] as Tensor))
    } catch (cause) {
      throw runError(cause, this.options.label)
    }
  }

  /** Runs without copies; false when the buffers turned out not to be filled. */
  async #runDirect(wanted: readonly SessionValue[], buffers: readonly NdArray[]): Promise<boolean> {
    const fetches: Record<string, Tensor> = {}
    for (let i = 0; i < wanted.length; i++) fetches[wanted[i]!.name] = this.#wrapper.wrap(buffers[i]!)
    if (this.#direct === 'unchecked') markBlank(buffers)
    await runIntoBuffers(this.#native, this.#feeds, fetches)
    if (this.#direct === 'unchecked') this.#direct = leftBlank(buffers) ? 'off' : 'on'
    return this.#direct === 'on'
  }

  #order(given: readonly NdArray[] | ReadonlyMap<string, NdArray>): readonly NdArray[] {
    const { inputs } = this
    const missing = given instanceof Map ? inputs.filter(({ name }) => !given.has(name)) : []
    const count = given instanceof Map ? given.size : (given as readonly NdArray[]).length
    if (count !== inputs.length || missing.length > 0) {
      throw new ElmanError('ORT_FEED_COUNT', {
        message: 'a run needs one array for each input',
        expected: `${inputs.length}: ${inputs.map(({ name }) => name).join(', ')}`,
        found:
          missing.length > 0
            ? `nothing for ${missing.map(({ name }) => name).join(', ')}`
            : `${count} arrays`,
        where: this.options.label,
      })
    }
    return given instanceof Map ? inputs.map(({ name }) => given.get(name)!) : (given as readonly NdArray[])
  }

  #output(name: string): SessionValue {
    const found = this.outputs.find(output => output.name === name)
    if (found !== undefined) return found
    throw new ElmanError('ORT_OUTPUT_UNKNOWN', {
      message: `the model has no output "${name}"`,
      expected: this.outputs.map(output => output.name).join(', '),
      where: this.options.label,
    })
  }
}

const DTYPES: readonly string[] = ['float32', 'float64', 'int32', 'int64', 'bool'] satisfies DType[]

function sessionValue(value: InferenceSession.ValueMetadata, label: string): SessionValue {
  if (value.isTensor && DTYPES.includes(value.type)) {
    return { name: value.name, dtype: value.type as DType, shape: value.shape }
  }
  throw new ElmanError('ORT_VALUE_UNSUPPORTED', {
    message: `"${value.name}" is ${value.isTensor ? `of type ${value.type}` : 'not a tensor'} and cannot enter or leave a graph`,
    expected: DTYPES.join(', '),
    where: label,
    hint: 'cast inside the graph',
  })
}

function freshBuffer({ dtype, shape }: SessionValue): NdArray | undefined {
  if (!shape.every(extent => typeof extent === 'number')) return undefined
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) }
}

function allPresent(buffers: readonly (NdArray | undefined)[]): buffers is NdArray[] {
  return buffers.every(buffer => buffer !== undefined)
}

function tooMany(given: number, wanted: number, label: string): ElmanError {
  return new ElmanError('ORT_FETCH_MISMATCH', {
    message: 'there are more output buffers than wanted outputs',
    expected: `at most ${wanted}`,
    found: String(given),
    where: label,
  })
}
