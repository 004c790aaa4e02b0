import { int, ints } from '../onnx/attribute.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

function swapped(context: LoweringContext, name: string, rank: number): string {
  const permutation = Array.from({ length: rank }, (_, axis) =>
    axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis,
  )
  return context.op('Transpose', [name], { perm: ints(permutation) })
}

/**
 * A right operand is read transposed for free (Gemm); a left one is transposed first, which is cheaper than what the
 * product would lose by it.
 */
const matmul: LoweringRule<'matmul'> = (context, node, { transposeA, transposeB }) => {
  const [a, b] = node.inputs.map(input => context.name(input)) as [string, string]
  const { shape, dtype } = node.outputs[0]!.type
  const rank = shape.length
  const fused = rank > 2 && (transposeA || transposeB) && dtype === 'float32' && !context.portable
  if (fused) {
    const attributes = { transA: int(transposeA ? 1 : 0), transB: int(transposeB ? 1 : 0) }
    context.bind(node.outputs[0]!, context.op('FusedMatMul', [a, b], attributes, 'com.microsoft'))
    return
  }
  const left = transposeA ? swapped(context, a, rank) : a
  if (rank === 2 && transposeB) {
    context.bind(node.outputs[0]!, context.op('Gemm', [left, b], { transB: int(1) }))
    return
  }
  context.bind(node.outputs[0]!, context.op('MatMul', [left, transposeB ? swapped(context, b, rank) : b]))
}

/** Matrix products. */
export const product = { matmul }
