/** Reading and adding by index. */
import { ElmanError, type PrimitiveName, sizeOf } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext, KernelRule } from './context.ts'

/**
 * Refuses an index out of range, with the words of the reference backend. Where the device shares the host's memory only:
 * there it costs next to nothing, and a kernel that adds would write into other tensors (wasm).
 */
function checkRange(context: KernelContext, name: PrimitiveName, index: DeviceTensor, extent: number): void {
  if (context.engineName === 'tensorflow') return
  for (const value of index.dataSync()) {
    if (value >= 0 && value < extent) continue
    throw new ElmanError('INDEX_OUT_OF_RANGE', {
      message: `"${name}" was given index ${value}`,
      expected: `0 to ${extent - 1}`,
    })
  }
}

const gather: KernelRule<'gather'> = (context, node) => {
  const rows = node.inputs[0]!.type.shape[0]!
  return ([x, indices]) => {
    checkRange(context, 'gather', indices!, rows)
    return [context.run('GatherV2', { x: x!, indices: indices! }, { axis: 0, batchDims: 0 })]
  }
}

/** The updates as a table of their own (repeats add up), then one sum. */
const scatterAdd: KernelRule<'scatterAdd'> = (context, node) => {
  const { shape } = node.inputs[0]!.type
  const count = sizeOf(node.inputs[1]!.type.shape)
  return ([table, indices, updates]) => {
    checkRange(context, 'scatterAdd', indices!, shape[0]!)
    const rows = {
      indices: context.reshape(indices!, [count, 1]),
      updates: context.reshape(updates!, [count, ...shape.slice(1)]),
    }
    return [context.run('Add', { a: table!, b: context.run('ScatterNd', rows, { shape: [...shape] }) })]
  }
}

/** Positions of one element per row in the flattened array: row · n + index. */
function flatPositions(
  context: KernelContext,
  name: PrimitiveName,
  rows: number,
  n: number,
): (index: DeviceTensor) => DeviceTensor {
  const data = Int32Array.from({ length: rows }, (_, i) => i * n)
  const starts = context.constant({ dtype: 'int32', shape: [rows], data })
  return index => {
    checkRange(context, name, index, n)
    return context.run('Add', { a: starts, b: context.reshape(index, [rows]) })
  }
}

/** Reads one element of each row. */
export function elementOfRows(
  context: KernelContext,
  name: PrimitiveName,
  rows: number,
  n: number,
): (x: DeviceTensor, index: DeviceTensor) => DeviceTensor {
  const positions = flatPositions(context, name, rows, n)
  return (x, index) =>
    context.run(
      'GatherV2',
      { x: context.reshape(x, [rows * n]), indices: positions(index) },
      { axis: 0, batchDims: 0 },
    )
}

const gatherElements: KernelRule<'gatherElements'> = (context, node) => {
  const { shape } = node.outputs[0]!.type
  const read = elementOfRows(context, 'gatherElements', sizeOf(shape), node.inputs[0]!.type.shape.at(-1)!)
  return ([x, index]) => [context.reshape(read(x!, index!), shape)]
}

const scatterAddElements: KernelRule<'scatterAddElements'> = (context, node) => {
  const { shape } = node.outputs[0]!.type
  const [rows, n] = [sizeOf(shape.slice(0, -1)), shape.at(-1)!]
  const positions = flatPositions(context, 'scatterAddElements', rows, n)
  return ([x, index, update]) => {
    const indices = context.reshape(positions(index!), [rows, 1])
    const updates = context.reshape(update!, [rows])
    const change = context.run('ScatterNd', { indices, updates }, { shape: [rows * n] })
    return [context.run('Add', { a: x!, b: context.reshape(change, shape) })]
  }
}

/** Indexing. */
export const indexing = { gather, scatterAdd, gatherElements, scatterAddElements }
