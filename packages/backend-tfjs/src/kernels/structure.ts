/** Moving elements without changing them. */
import { ElmanError, type Shape } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext, KernelRule } from './context.ts'
import { cut } from './cut.ts'

/** Constants are put on the device when the program is made (program/program.ts): none is left to compute. */
const constant: KernelRule<'constant'> = (_context, node) => {
  throw new ElmanError('TFJS_KERNEL_MISPLACED', {
    message: `"${node.primitive}" has no kernel: its value is known before the run`,
    hint: 'this is a bug in the backend: please report it with the model',
  })
}

const reshape: KernelRule<'reshape'> =
  (context, _node, { shape }) =>
  ([x]) => [context.reshape(x!, shape)]

const transpose: KernelRule<'transpose'> =
  (context, _node, { permutation }) =>
  ([x]) => [context.run('Transpose', { x: x! }, { perm: [...permutation] })]

const broadcastTo: KernelRule<'broadcastTo'> = (context, node, { shape }) => {
  const from = node.inputs[0]!.type.shape
  const padded: Shape = [...Array.from({ length: shape.length - from.length }, () => 1), ...from]
  const reps = shape.map((extent, axis) => (padded[axis] === extent ? 1 : extent))
  if (reps.every(count => count === 1)) return ([x]) => [context.reshape(x!, shape)]
  return ([x]) => [context.run('Tile', { x: context.reshape(x!, padded) }, { reps })]
}

/** A box, then every step-th element of each axis by index: not every device has strides for every dtype. */
const slice: KernelRule<'slice'> = (context, _node, { starts, limits, strides }) => {
  const size = starts.map((start, axis) => limits[axis]! - start)
  const picks = strides.flatMap((stride, axis) => {
    if (stride === 1) return []
    const data = Int32Array.from({ length: Math.ceil(size[axis]! / stride) }, (_, i) => i * stride)
    return [{ axis, indices: context.constant({ dtype: 'int32', shape: [data.length], data }) }]
  })
  return ([x]) => [
    picks.reduce(
      (part, { axis, indices }) => pick(context, part, indices, axis),
      context.run('Slice', { x: x! }, { begin: [...starts], size }),
    ),
  ]
}

function pick(context: KernelContext, x: DeviceTensor, indices: DeviceTensor, axis: number): DeviceTensor {
  return context.run('GatherV2', { x, indices }, { axis, batchDims: 0 })
}

const pad: KernelRule<'pad'> = (context, _node, { low, high }) => {
  const paddings = low.map((before, axis) => [before, high[axis]!])
  return ([x]) => [context.run('PadV2', { x: x! }, { paddings, constantValue: 0 })]
}

const concat: KernelRule<'concat'> =
  (context, _node, { axis }) =>
  inputs =>
    inputs.length === 1 ? [context.same(inputs[0]!)] : context.runAll('Concat', [...inputs], { axis })

const split: KernelRule<'split'> =
  (context, _node, { axis, sizes }) =>
  ([x]) =>
    cut(context, x!, axis, sizes)

/** Bools go by integers: a device may take every element for four bytes (wasm), and write past the end. */
const reverse: KernelRule<'reverse'> = (context, node, { axis }) => {
  const turned = (x: DeviceTensor) => context.run('Reverse', { x }, { dims: [axis] })
  if (node.outputs[0]!.type.dtype !== 'bool') return ([x]) => [turned(x!)]
  return ([x]) => [context.cast(turned(context.cast(x!, 'int32')), 'bool')]
}

/** Primitives of shape. */
export const structure = { constant, reshape, transpose, broadcastTo, slice, pad, concat, split, reverse }
