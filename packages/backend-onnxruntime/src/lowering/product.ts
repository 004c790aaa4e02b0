import { type Node, sizeOf, type Value } from '@elman/core'
import { float, int, ints, type OnnxAttribute } from '../onnx/attribute.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

function swapped(context: LoweringContext, name: string, rank: number): string {
  const permutation = Array.from({ length: rank }, (_, axis) =>
    axis === rank - 1 ? rank - 2 : axis === rank - 2 ? rank - 1 : axis,
  )
  return context.op('Transpose', [name], { perm: ints(permutation) })
}

/** α A B of two matrices, either of them read transposed. */
interface Product {
  readonly a: Value
  readonly b: Value
  readonly transposeA: boolean
  readonly transposeB: boolean
  /** A float32 number: Gemm takes no other. */
  readonly alpha: number
}

/** A product of matrices as Gemm sees it: constant factors of its operands come out in front. */
function productOf(context: LoweringContext, node: Node<'matmul'>): Product {
  const [a, b] = node.inputs as readonly [Value, Value]
  const [left, right] = [constantFactor(context, a), constantFactor(context, b)]
  return {
    ...node.attributes,
    a: left?.value ?? a,
    b: right?.value ?? b,
    alpha: Math.fround((left?.factor ?? 1) * (right?.factor ?? 1)),
  }
}

/** A float32 matrix that is another one times a constant, if only one node reads it. */
function constantFactor(
  context: LoweringContext,
  value: Value,
): { value: Value; factor: number } | undefined {
  const node = context.uses(value) === 1 && !context.isBound(value) ? context.made(value, 'mul') : undefined
  if (node === undefined || value.type.dtype !== 'float32' || value.type.shape.length !== 2) return undefined
  const [a, b] = node.inputs as readonly [Value, Value]
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = context.uniform(other)
    if (factor !== undefined) return { value: side, factor }
  }
  return undefined
}

/**
 * Whether Aᵀ B is better made as (Bᵀ A)ᵀ: where A is the wide operand (the gradient of a tied softmax), transposing B
 * and the result is faster than transposing A, by itself or in Gemm. 10000 x 400 from 1400 rows: 68 against 100 and
 * 90 ms (1 thread), 95 against 151 and 148 (2); 10000 x 200 from 400 rows: 8.6 against 11.5 and 10.5 ms.
 */
function hasWideLeft({ a, b, transposeA, transposeB }: Product): boolean {
  return transposeA && !transposeB && sizeOf(a.type.shape) >= 2 * sizeOf(b.type.shape)
}

/**
 * Writes α A B + C. A right operand is read transposed for free (Gemm); a left one is transposed first, which is
 * cheaper than what the product would lose by it.
 */
function write(
  context: LoweringContext,
  { a, b, transposeA, transposeB, alpha }: Product,
  addend?: Value,
): string {
  const last = addend === undefined ? [] : [context.name(addend)]
  const left = transposeA ? swapped(context, context.name(a), 2) : context.name(a)
  const operands = [left, context.name(b), ...last]
  if (alpha === 1 && addend === undefined && !transposeB) return context.op('MatMul', operands)
  const attributes: Record<string, OnnxAttribute> = { transB: int(transposeB ? 1 : 0) }
  return context.op('Gemm', operands, alpha === 1 ? attributes : { ...attributes, alpha: float(alpha) })
}

const matmul: LoweringRule<'matmul'> = (context, node, { transposeA, transposeB }) => {
  const output = node.outputs[0]!
  const { shape, dtype } = output.type
  const rank = shape.length
  if (rank === 2) {
    const product = productOf(context, node)
    const { a, b } = product
    const flipped = { ...product, a: b, b: a }
    const name = hasWideLeft(product)
      ? swapped(context, write(context, { ...flipped, transposeA: true, transposeB: false }), 2)
      : write(context, product)
    context.bind(output, name)
    return
  }
  const [a, b] = node.inputs.map(input => context.name(input)) as [string, string]
  if ((transposeA || transposeB) && dtype === 'float32' && !context.settings.portable) {
    const attributes = { transA: int(transposeA ? 1 : 0), transB: int(transposeB ? 1 : 0) }
    context.bind(output, context.op('FusedMatMul', [a, b], attributes, 'com.microsoft'))
    return
  }
  const operands = [transposeA ? swapped(context, a, rank) : a, transposeB ? swapped(context, b, rank) : b]
  context.bind(output, context.op('MatMul', operands))
}

/** The product behind a value, perhaps times a constant, if it can still become part of the only node that reads it. */
function openProduct(context: LoweringContext, value: Value): Product | undefined {
  if (value.type.shape.length !== 2 || context.uses(value) !== 1 || context.isBound(value)) return undefined
  const node = context.made(value, 'matmul')
  if (node !== undefined) {
    const product = productOf(context, node)
    return hasWideLeft(product) ? undefined : product
  }
  const scaled = constantFactor(context, value)
  const inner = scaled === undefined ? undefined : openProduct(context, scaled.value)
  return inner === undefined ? undefined : { ...inner, alpha: Math.fround(inner.alpha * scaled!.factor) }
}

/** A product that is read once and then added to something is one Gemm: this is the recurrence of every cell. */
const add: LoweringRule<'add'> = (context, node) => {
  const [a, b] = node.inputs as readonly [Value, Value]
  const output = node.outputs[0]!
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const product = openProduct(context, side)
    if (product === undefined) continue
    context.bind(output, write(context, product, context.made(other, 'broadcastTo')?.inputs[0] ?? other))
    return
  }
  context.bind(output, context.op('Add', context.loose(node.inputs, output.type.shape)))
}

/** A product times a constant, such as 1 / N, needs no pass of its own. */
const mul: LoweringRule<'mul'> = (context, node) => {
  const output = node.outputs[0]!
  const [a, b] = node.inputs as readonly [Value, Value]
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const factor = output.type.dtype === 'float32' ? context.uniform(other) : undefined
    const product = factor === undefined ? undefined : openProduct(context, side)
    if (product === undefined) continue
    context.bind(output, write(context, { ...product, alpha: Math.fround(product.alpha * factor!) }))
    return
  }
  context.bind(output, context.op('Mul', context.loose(node.inputs, output.type.shape)))
}

/** Matrix products, and the arithmetic that can be part of them. */
export const product = { matmul, add, mul }
