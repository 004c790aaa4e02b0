/** Loads a device of TensorFlow.js. What is not installed, or does not start, is told with its reason. */
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ElmanError } from '@elman/core'
import { DEVICE_PACKAGES, deviceHelp, type TensorFlow, TFJS_DEVICES, type TfjsDevice } from './device.ts'
import { restoreUtilChecks } from './util-checks.ts'

const require = createRequire(import.meta.url)

/** A device that works. */
export interface LoadedDevice {
  readonly device: TfjsDevice
  readonly tf: TensorFlow
  /** Its name in the engine of TensorFlow.js. */
  readonly engineName: string
}

/**
 * Loads the device asked for, or with `auto` the first that works.
 *
 * @throws `TFJS_DEVICE_UNAVAILABLE` with the reason of each device that was tried.
 */
export async function loadDevice(wanted: TfjsDevice | 'auto', where?: string): Promise<LoadedDevice> {
  const reasons: string[] = []
  for (const device of wanted === 'auto' ? TFJS_DEVICES : [wanted]) {
    try {
      return await startDevice(device, wanted === 'auto')
    } catch (cause) {
      reasons.push(`${device}: ${reasonOf(cause)}`)
    }
  }
  throw new ElmanError('TFJS_DEVICE_UNAVAILABLE', {
    message:
      wanted === 'auto'
        ? 'no device of TensorFlow.js works on this machine'
        : `device "${wanted}" of TensorFlow.js is not available on this machine`,
    found: reasons.join('; '),
    ...(where === undefined ? {} : { where }),
    hint: [
      wanted === 'auto' ? deviceHelp('wasm') : deviceHelp(wanted),
      'nothing was run on another device: "auto" takes the first that works',
    ],
  })
}

/** The first line of what went wrong, without what only its maintainers read. */
export function reasonOf(cause: unknown): string {
  const line = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.trim()
  return line.startsWith('The Node.js native addon module (tfjs_binding.node) can not be found')
    ? 'the package is there without its native library: its install script did not run or failed'
    : line
}

/** Where the package of a device is: beside this package, or in the project that is run. */
export function findPackage(device: TfjsDevice): string {
  const name = DEVICE_PACKAGES[device].package
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href]) {
    try {
      return createRequire(from).resolve(name)
    } catch {
      // Not there: the next place, or the error below.
    }
  }
  throw new Error(`the package ${name} is not installed`)
}

async function startDevice(device: TfjsDevice, anyNative: boolean): Promise<LoadedDevice> {
  if (device === 'node-gpu' || device === 'node') return loadNative(device, anyNative)
  const tf = await import('@tensorflow/tfjs-core')
  const { engineName } = DEVICE_PACKAGES[device]
  if (device === 'wasm') {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
    const folder = dirname(findPackage(device)) + sep
    await start(tf, engineName, () => setWasmPaths(folder))
  } else {
    await import('@tensorflow/tfjs-backend-cpu')
    await start(tf, engineName)
  }
  return { device, tf, engineName }
}

/**
 * Loads a native library, at once: its package is CommonJS and starts when it is loaded. What was in charge of the
 * engine stays so.
 */
function loadNative(device: 'node-gpu' | 'node', anyNative: boolean): LoadedDevice {
  const path = findPackage(device)
  const { engineName } = DEVICE_PACKAGES[device]
  restoreUtilChecks(require('node:util') as Record<string, unknown>)
  const tf = require('@tensorflow/tfjs-core') as TensorFlow
  const engine = tf.engine()
  const current = engine.backendName
  require(path)
  const native = engine.registry[engineName] as unknown as { isUsingGpuDevice: boolean } | undefined
  if (native === undefined) throw new Error(`the package ${DEVICE_PACKAGES[device].package} did not start`)
  if (current && engine.registry[current] !== undefined) void tf.setBackend(current)
  if (device === 'node-gpu' && !native.isUsingGpuDevice && !anyNative)
    throw new Error('the library was loaded, but TensorFlow sees no GPU')
  return { device: native.isUsingGpuDevice ? 'node-gpu' : 'node', tf, engineName }
}

/** What `auto` comes to: a native library that loads, else wasm, which is always there. */
export function automaticDevice(): TfjsDevice {
  for (const device of ['node-gpu', 'node'] as const) {
    try {
      return loadNative(device, true).device
    } catch {
      // The next one; elman doctor tells why.
    }
  }
  return 'wasm'
}

/** What has been started on an engine, and the start that everybody waits for. */
interface Starts {
  readonly done: Map<string, Promise<void>>
  last: Promise<void>
}

/**
 * TensorFlow.js has one engine a process. Of two starts at once it drops one, and it refuses all work while a start goes
 * on: so starts follow each other, and work waits for them. Kept by engine, which outlives copies of this package.
 */
const starts = new WeakMap<object, Starts>()

function startsOf(tf: TensorFlow): Starts {
  const engine = tf.engine()
  const known = starts.get(engine) ?? { done: new Map<string, Promise<void>>(), last: Promise.resolve() }
  starts.set(engine, known)
  return known
}

function start(tf: TensorFlow, engineName: string, before = () => {}): Promise<void> {
  const known = startsOf(tf)
  const attempt = known.done.get(engineName) ?? known.last.then(() => attemptStart(tf, engineName, before))
  known.done.set(engineName, attempt)
  known.last = attempt.catch(() => {
    known.done.delete(engineName)
  })
  return attempt
}

async function attemptStart(tf: TensorFlow, engineName: string, before: () => void): Promise<void> {
  const engine = tf.engine()
  const current = engine.backendName
  if (engine.registry[engineName] !== undefined) return
  before()
  if (!(await tf.setBackend(engineName))) throw new Error(`TensorFlow.js did not start "${engineName}"`)
  // Else the first tensor prints advice to install tfjs-node; elman doctor says the same.
  const instance = engine.registry[engineName] as unknown as { firstUse?: boolean }
  if (instance.firstUse === true) instance.firstUse = false
  if (current && engine.registry[current] !== undefined) void tf.setBackend(current)
}

/**
 * Runs something with a device in charge of the engine, then puts back what was. The work is synchronous: so no other
 * user of the engine can come in between.
 */
export async function onDevice<T>({ tf, engineName }: LoadedDevice, work: () => T): Promise<T> {
  const known = startsOf(tf)
  for (let seen: Promise<void> | undefined; seen !== known.last; ) {
    seen = known.last
    await seen
  }
  const engine = tf.engine()
  const before = engine.backendName
  if (before === engineName && engine.backend === engine.registry[engineName]) return work()
  // For a device that has been started, the promise only says what is done already.
  void tf.setBackend(engineName)
  try {
    return work()
  } finally {
    if (before && engine.registry[before] !== undefined) void tf.setBackend(before)
  }
}
