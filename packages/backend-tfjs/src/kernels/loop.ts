/** Graphs inside graphs. */
import { allocate, type DType, type Shape, sizeOf } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext, KernelRule } from './context.ts'
import { unstack } from './cut.ts'
import { turnConstants } from './turned-constants.ts'

/** The host counts the steps; what is carried stays on the device. */
const scan: KernelRule<'scan'> = (context, node, { body, constants, carried, length, reverse }) => {
  const { body: stepBody, turned } =
    context.engineName === 'wasm' ? turnConstants(body, constants) : { body, turned: [] }
  const step = context.program(stepBody)
  const first = constants + carried
  const stackTypes = node.outputs.slice(carried).map(({ type }) => type)
  return inputs => {
    const fixed = [...inputs.slice(0, constants), ...turned.map(index => transposed(context, inputs[index]!))]
    const items = inputs
      .slice(first)
      .map((sequence, i) => itemsOf(context, sequence, body.inputs[first + i]!.type, length))
    const stacks = stackTypes.map((): DeviceTensor[] => [])
    let state = inputs.slice(constants, first).map(tensor => context.same(tensor))
    for (let i = 0; i < length; i++) {
      const t = reverse ? length - 1 - i : i
      const read = items.map(item => item[t]!)
      const results = step.run([...fixed, ...state, ...read])
      for (const tensor of [...state, ...read]) tensor.dispose()
      state = results.slice(0, carried)
      results.slice(carried).forEach((result, k) => {
        stacks[k]![t] = result
      })
    }
    return [...state, ...stacks.map((stack, k) => stackUp(context, stack, stackTypes[k]!))]
  }
}

function itemsOf(
  context: KernelContext,
  sequence: DeviceTensor,
  item: { readonly dtype: DType; readonly shape: Shape },
  length: number,
): DeviceTensor[] {
  if (sizeOf(item.shape) === 0) return Array.from({ length }, () => empty(context, item))
  return length === 0 ? [] : unstack(context, sequence)
}

function transposed(context: KernelContext, x: DeviceTensor): DeviceTensor {
  const axes = x.shape.map((_, axis) => axis)
  return context.run('Transpose', { x }, { perm: [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!] })
}

/** One tensor of the results of all steps, which end here. */
function stackUp(
  context: KernelContext,
  stack: readonly DeviceTensor[],
  type: { readonly dtype: DType; readonly shape: Shape },
): DeviceTensor {
  const result =
    sizeOf(type.shape) === 0 ? empty(context, type) : context.runAll('Pack', [...stack], { axis: 0 })[0]!
  for (const tensor of stack) tensor.dispose()
  return result
}

function empty(context: KernelContext, { dtype, shape }: { readonly dtype: DType; readonly shape: Shape }) {
  return context.upload({ dtype, shape, data: allocate(dtype, 0) })
}

/** Memory is given back after the last use anyway, so the body simply runs. */
const checkpoint: KernelRule<'checkpoint'> = (context, _node, { body }) => {
  const inner = context.program(body)
  return inputs => inner.run(inputs)
}

/** Sub-graphs. */
export const loop = { scan, checkpoint }
