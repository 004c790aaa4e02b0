// ONNX Runtime's errors are one long line for the people who build it. These add what a user can do.
import { ElmanError } from '@elman/core'
import { deviceHelp } from '../device/device-help.ts'
import { firstLine } from './runtime.ts'
import type { ResolvedSessionOptions } from './session-options.ts'

/** The error for a session that ONNX Runtime refused to make. */
export function creationError(cause: unknown, options: ResolvedSessionOptions): ElmanError {
  const found = firstLine(cause)
  const kernel = /Could not find an implementation for (\S+) node with name '([^']*)'/.exec(found)
  if (kernel !== null) {
    return new ElmanError('ORT_NO_KERNEL', {
      message: `ONNX Runtime has no ${options.device} kernel for ${kernel[1]} with these element types`,
      found,
      where: `node ${kernel[2]} of ${options.label}`,
      hint: 'lower the operation to others, or use another element type (Erf and OneHot, for one, lack some)',
      cause,
    })
  }
  if (options.device !== 'cpu' && isMissingDevice(found)) {
    return new ElmanError('ORT_DEVICE_UNAVAILABLE', {
      message: `device "${options.device}" is not available on this machine`,
      found,
      where: options.label,
      hint: [
        deviceHelp(options.device),
        'nothing was run on another device: choose "cpu" yourself, or see elman doctor',
      ],
      cause,
    })
  }
  return new ElmanError('ORT_SESSION_FAILED', {
    message: 'ONNX Runtime refused the model',
    found,
    where: options.label,
    hint: 'the lowering made a graph that is not valid ONNX: report it with the printed graph',
    cause,
  })
}

/** File, line and function that stand before what a kernel says. */
const CXX_PLACE = /^\S+\.(?:cc|h):\d+ [^)]*\)(?: const)?(?: \[with [^\]]*\])? /

/** The error for a run that failed inside ONNX Runtime. */
export function runError(cause: unknown, label: string): ElmanError {
  const found = firstLine(cause)
  const node = /while running (\S+) node\. Name:'([^']*)'/.exec(found)
  const shown = /Status Message: (.*)$/.exec(found)?.[1] ?? found
  return new ElmanError('ORT_RUN_FAILED', {
    message: node === null ? 'the run failed inside ONNX Runtime' : `${node[1]} failed inside ONNX Runtime`,
    found: shown
      .replace(/^\S*\/onnxruntime\//, '')
      .replace(CXX_PLACE, '')
      .trim(),
    where: node === null ? label : `node ${node[2]} of ${label}`,
    hint: hintFor(found),
    cause,
  })
}

function hintFor(found: string): string {
  if (/alloc|memory/i.test(found))
    return 'there is not enough memory: use a smaller batch or a shorter sequence'
  if (/idx=|out of (bounds|range)|indices element/i.test(found))
    return 'an index is out of range: is every id below the vocabulary size?'
  return 'the inputs were of the declared types and shapes, so the graph itself is at fault: report it'
}

function isMissingDevice(found: string): boolean {
  return /adapter|shared library|backend not found|no available backend|CUDA (failure|driver)|libcu/i.test(
    found,
  )
}
