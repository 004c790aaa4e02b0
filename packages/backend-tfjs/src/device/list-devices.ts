// The native packages are tried in a child process: they print to the terminal, only one of them fits in a process,
// and a library that does not match the machine may take its process down.
import { execFile } from 'node:child_process'
import { deviceHelp, TFJS_DEVICES, type TfjsDevice } from './device.ts'
import { findPackage, loadDevice, onDevice, reasonOf } from './load-device.ts'
import { restoreUtilChecks } from './util-checks.ts'

/** Whether a device can be used on this machine. */
export interface TfjsDeviceStatus {
  readonly device: TfjsDevice
  readonly available: boolean
  /** Why not, in one line; the version when it is. */
  readonly reason: string
  /** What to install; empty when available. */
  readonly howToGet: string
}

type Attempt = Pick<TfjsDeviceStatus, 'available' | 'reason'>

/** Tries every device with one addition. Never throws for a device that is not there. */
export async function listTfjsDevices(): Promise<TfjsDeviceStatus[]> {
  return Promise.all(
    TFJS_DEVICES.map(async device => {
      const found = await (device === 'wasm' || device === 'cpu' ? tryHere(device) : tryInChild(device))
      return { device, ...found, howToGet: found.available ? '' : deviceHelp(device) }
    }),
  )
}

async function tryHere(device: TfjsDevice): Promise<Attempt> {
  try {
    const loaded = await loadDevice(device)
    const sum = await onDevice(loaded, () => loaded.tf.tidy(() => loaded.tf.add(1, 1).dataSync()[0]))
    return sum === 2
      ? { available: true, reason: `TensorFlow.js ${loaded.tf.version_core}` }
      : { available: false, reason: `1 + 1 gave ${sum}` }
  } catch (cause) {
    return { available: false, reason: reasonOf(cause) }
  }
}

const PROBE = `
const [path, needsGpu] = process.argv.slice(1)
const restore = ${restoreUtilChecks};
const say = (available, reason) => console.log('elman:' + JSON.stringify({ available, reason }));
try {
  restore(require('node:util'))
  const tf = require(path)
  const sum = tf.tidy(() => tf.add(1, 1).dataSync()[0])
  const backend = tf.backend()
  if (sum !== 2) say(false, '1 + 1 gave ' + sum)
  else if (needsGpu === 'true' && !backend.isUsingGpuDevice) say(false, 'the library was loaded, but TensorFlow sees no GPU')
  else say(true, 'TensorFlow.js ' + tf.version_core + ' on libtensorflow ' + backend.binding.TF_Version)
} catch (error) {
  say(false, error.message)
}
`

function tryInChild(device: TfjsDevice): Promise<Attempt> {
  let path: string
  try {
    path = findPackage(device)
  } catch (cause) {
    return Promise.resolve({ available: false, reason: reasonOf(cause) })
  }
  return new Promise(resolve => {
    const options = { timeout: 30_000, env: { ...process.env, NODE_OPTIONS: '' } }
    execFile(
      process.execPath,
      ['-e', PROBE, path, String(device === 'node-gpu')],
      options,
      (error, stdout) => {
        const line = stdout.split('\n').find(text => text.startsWith('elman:'))
        if (line !== undefined) {
          const { available, reason } = JSON.parse(line.slice('elman:'.length)) as Attempt
          resolve({ available, reason: available ? reason : reasonOf(new Error(reason)) })
          return
        }
        const ended = error?.killed
          ? 'did not answer within 30 s'
          : `ended by ${error?.signal ?? `exit code ${error?.code}`}`
        resolve({ available: false, reason: `the process that tried it ${ended}` })
      },
    )
  })
}
