/** Loads a device of TensorFlow.js. What is not installed, or does not start, is told with its reason. */
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ElmanError } from '@elman/core'
import { DEVICE_PACKAGES, deviceHelp, type TensorFlow, TFJS_DEVICES, type TfjsDevice } from './device.ts'
import { restoreUtilChecks } from './util-checks.ts'

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
  const path = findPackage(device)
  const tf = await import('@tensorflow/tfjs-core')
  const { engineName } = DEVICE_PACKAGES[device]
  if (engineName === 'tensorflow') restoreUtilChecks(createRequire(import.meta.url)('node:util'))
  const module = (await import(pathToFileURL(path).href)) as { setWasmPaths?: (prefix: string) => void }
  await start(tf, engineName, () => module.setWasmPaths?.(dirname(path) + sep))
  if (engineName !== 'tensorflow') return { device, tf, engineName }
  const { isUsingGpuDevice } = tf.engine().registry[engineName] as unknown as { isUsingGpuDevice: boolean }
  if (device === 'node-gpu' && !isUsingGpuDevice && !anyNative)
    throw new Error('the library was loaded, but TensorFlow sees no GPU')
  return { device: isUsingGpuDevice ? 'node-gpu' : 'node', tf, engineName }
}

/**
 * TensorFlow.js has one engine a process, and of two starts of a device at once it drops one: so each is started once.
 * Kept by engine, because the engine outlives copies of this package.
 */
const starts = new WeakMap<object, Map<string, Promise<void>>>()

function start(tf: TensorFlow, engineName: string, before: () => void): Promise<void> {
  const engine = tf.engine()
  if (engine.registry[engineName] !== undefined) return Promise.resolve()
  const known = starts.get(engine) ?? new Map<string, Promise<void>>()
  starts.set(engine, known)
  const attempt = known.get(engineName) ?? attemptStart(tf, engineName, before)
  known.set(engineName, attempt)
  attempt.catch(() => known.delete(engineName))
  return attempt
}

async function attemptStart(tf: TensorFlow, engineName: string, before: () => void): Promise<void> {
  before()
  if (!(await tf.setBackend(engineName))) throw new Error(`TensorFlow.js did not start "${engineName}"`)
  // Else the first tensor prints advice to install tfjs-node; elman doctor says the same.
  const instance = tf.engine().registry[engineName] as unknown as { firstUse?: boolean }
  if (instance.firstUse === true) instance.firstUse = false
}

/**
 * Runs something with a device in charge of the engine, then puts back what was. The work must be synchronous: then
 * no other user of the engine can come in between.
 */
export function onDevice<T>({ tf, engineName }: LoadedDevice, work: () => T): T {
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
