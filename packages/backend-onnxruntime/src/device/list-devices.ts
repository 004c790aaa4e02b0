// A device is there when a session on it can be made. The attempt is made in a child process: drivers print to the
// terminal, and a broken one may take its process down.
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { OnnxGraph } from '../onnx/graph.ts'
import type { SessionDevice } from '../session/session-options.ts'
import { deviceHelp } from './device-help.ts'

/** Whether a device can be used on this machine. */
export interface DeviceStatus {
  readonly device: SessionDevice
  readonly available: boolean
  /** Why not, in one line; the version of ONNX Runtime when it is. */
  readonly reason: string
  /** What to install; empty when available. */
  readonly howToGet: string
}

const PROBE = `
const [path, device, model] = process.argv.slice(1)
const say = (available, reason) => console.log('elman:' + JSON.stringify({ available, reason }))
const attempt = async () => {
  const runtime = require(path)
  const session = await runtime.InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [device] })
  await session.run({ x: new runtime.Tensor('float32', Float32Array.of(1), [1]) })
  say(true, 'ONNX Runtime ' + runtime.env.versions.node)
}
attempt().catch(error => say(false, error.message)).then(() => process.exit(0))
`

/**
 * Tries cpu, webgpu and cuda, all at once; about 0.2 s where a device is missing, and up to 20 s where one is slow to
 * start. Never throws for a device that is not there.
 */
export function listDevices(): Promise<DeviceStatus[]> {
  return Promise.all((['cpu', 'webgpu', 'cuda'] as const).map(probe))
}

async function probe(device: SessionDevice): Promise<DeviceStatus> {
  const { available, reason } = await attempt(device)
  return { device, available, reason, howToGet: available ? '' : deviceHelp(device) }
}

function attempt(device: SessionDevice): Promise<{ available: boolean; reason: string }> {
  let path: string
  try {
    path = createRequire(import.meta.url).resolve('onnxruntime-node')
  } catch {
    return Promise.resolve({ available: false, reason: 'the package onnxruntime-node is not installed' })
  }
  const model = Buffer.from(probeModel()).toString('base64')
  return new Promise(resolve => {
    const options = { timeout: 20_000, env: { ...process.env, NODE_OPTIONS: '' } }
    execFile(process.execPath, ['-e', PROBE, path, device, model], options, (error, stdout) => {
      const line = stdout.split('\n').find(text => text.startsWith('elman:'))
      if (line !== undefined) {
        const { available, reason } = JSON.parse(line.slice('elman:'.length)) as {
          available: boolean
          reason: string
        }
        resolve({ available, reason: shorten(reason) })
        return
      }
      const ended = error?.killed
        ? 'did not answer within 20 s'
        : `ended by ${error?.signal ?? `exit code ${error?.code}`}`
      resolve({ available: false, reason: `the process that tried it ${ended}` })
    })
  })
}

/** x + x as float32, the least a device must do. */
function probeModel(): Uint8Array {
  const graph = new OnnxGraph('probe')
  graph.input('x', 'float32', [1])
  const [y] = graph.node('Add', ['x', 'x'])
  graph.output(y!, 'float32', [1])
  return graph.encodeModel()
}

/** ONNX Runtime's texts start with the place in its own source; the end is what says something. */
function shorten(reason: string): string {
  const line = reason.split('\n')[0]!.trim()
  return /was false\. (.*)$/.exec(line)?.[1] ?? line
}
