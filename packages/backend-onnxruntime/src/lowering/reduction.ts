import { filled, isFloat, type Node, sizeOf } from '@elman/core'
import { int } from '../onnx/attribute.ts'
import { ELEMENT_TYPE_NUMBER } from '../onnx/element-type.ts'
import type { LoweringContext, LoweringRule } from './context.ts'

const noDims = { keepdims: int(0) }

/** Σ x² over everything has its own operator, which makes no square. */
function squared(context: LoweringContext, node: Node<'reduceSum'>): string | undefined {
  const [input] = node.inputs
  const product = context.made(input!, 'mul')
  const whole = node.attributes.axes.length === input!.type.shape.length
  if (product === undefined || product.inputs[0] !== product.inputs[1] || !whole || context.isBound(input!))
    return undefined
  return context.op('ReduceSumSquare', [context.name(product.inputs[0]!)], noDims)
}

/**
 * A sum over leading axes is a product with ones, at 0.6 to 0.7 of ReduceSum's time (0.66 against 1.16 ms for 700 x 10000):
 * the gradient of every bias.
 */
function sumOfRows(context: LoweringContext, node: Node<'reduceSum'>): string | undefined {
  const { dtype, shape } = node.inputs[0]!.type
  const { axes } = node.attributes
  const leading = axes.length < shape.length && axes.toSorted((a, b) => a - b).every((axis, i) => axis === i)
  const rows = sizeOf(shape.slice(0, axes.length))
  const rest = shape.slice(axes.length)
  if (!leading || !isFloat(dtype) || rows < 2 || sizeOf(rest) === 0) return undefined
  const name = context.name(node.inputs[0]!)
  const matrix = shape.length === 2 ? name : context.reshape(name, [rows, sizeOf(rest)])
  const ones = context.onnx.initializer(undefined, filled([1, rows], 1, dtype))
  return context.reshape(context.op('MatMul', [ones, matrix]), rest)
}

const reduceSum: LoweringRule<'reduceSum'> = (context, node, { axes }) => {
  const total =
    squared(context, node) ??
    sumOfRows(context, node) ??
    context.op('ReduceSum', [context.name(node.inputs[0]!), context.int64(axes)], noDims)
  context.bind(node.outputs[0]!, total)
}

const reduceMax: LoweringRule<'reduceMax'> = (context, node, { axes }) => {
  context.bind(
    node.outputs[0]!,
    context.op('ReduceMax', [context.name(node.inputs[0]!), context.int64(axes)], noDims),
  )
}

const argMax: LoweringRule<'argMax'> = (context, node, { axis }) => {
  const index = context.op('ArgMax', [context.name(node.inputs[0]!)], { axis: int(axis), ...noDims })
  context.bind(node.outputs[0]!, context.op('Cast', [index], { to: int(ELEMENT_TYPE_NUMBER.int32) }))
}

const cumulativeSum: LoweringRule<'cumulativeSum'> = (context, node, { axis, reverse }) => {
  const operands = [context.name(node.inputs[0]!), context.int64([axis], [])]
  context.bind(node.outputs[0]!, context.op('CumSum', operands, { reverse: int(reverse ? 1 : 0) }))
}

/** Sums and the like. */
export const reduction = { reduceSum, reduceMax, argMax, cumulativeSum }
