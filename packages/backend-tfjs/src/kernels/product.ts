import type { KernelRule } from './context.ts'

/** Matrices, and stacks of them as one batch. */
const matmul: KernelRule<'matmul'> = (context, node, { transposeA, transposeB }) => {
  const attributes = { transposeA, transposeB }
  const [left, right] = node.inputs.map(({ type }) => [-1, ...type.shape.slice(-2)])
  const result = node.outputs[0]!.type.shape
  const lead = result.slice(0, -2).reduce((count, extent) => count * extent, 1)
  if (result.length === 3) return ([a, b]) => [context.run('BatchMatMul', { a: a!, b: b! }, attributes)]
  const [shapeA, shapeB] = [left!, right!].map(shape => shape.with(0, lead))
  return ([a, b]) => {
    const operands = { a: context.reshape(a!, shapeA!), b: context.reshape(b!, shapeB!) }
    return [context.reshape(context.run('BatchMatMul', operands, attributes), result)]
  }
}

/** Products. */
export const product = { matmul }
