import type { Shape } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext, KernelRule } from './context.ts'

/** Matrices, and stacks of them as one batch. */
const matmul: KernelRule<'matmul'> = (context, node, { transposeA, transposeB }) => {
  const result = node.outputs[0]!.type.shape
  const lead = result.slice(0, -2).reduce((count, extent) => count * extent, 1)
  const [left, right] = [transposeA, transposeB].map((transposed, i) =>
    operand(context, [lead, ...node.inputs[i]!.type.shape.slice(-2)], transposed),
  )
  // What operand() has turned already is not turned again.
  const turned = context.engineName === 'wasm'
  const attributes = { transposeA: transposeA && !turned, transposeB: transposeB && !turned }
  return ([a, b]) => {
    const batch = context.run('BatchMatMul', { a: left!(a!), b: right!(b!) }, attributes)
    return [result.length === 3 ? batch : context.reshape(batch, result)]
  }
}

/**
 * An operand as a batch of matrices. On wasm, a transposed one is turned in memory first: its fast product (XNNPACK)
 * takes no transposed operands, and the one that does is many times slower than turning.
 */
function operand(
  context: KernelContext,
  shape: Shape,
  transposed: boolean,
): (x: DeviceTensor) => DeviceTensor {
  if (context.engineName !== 'wasm' || !transposed)
    return x => (x.shape.length === 3 ? x : context.reshape(x, shape))
  return x => context.run('Transpose', { x: context.reshape(x, shape) }, { perm: [0, 2, 1] })
}

/** Products. */
export const product = { matmul }
