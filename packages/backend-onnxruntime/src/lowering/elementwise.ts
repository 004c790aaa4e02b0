import { ElmanError, type PrimitiveName } from '@elman/core'
import { int } from '../onnx/attribute.ts'
import { ELEMENT_TYPE_NUMBER } from '../onnx/element-type.ts'
import type { LoweringRule } from './context.ts'

/** An operator of one operand. */
function unary<Name extends PrimitiveName>(opType: string): LoweringRule<Name> {
  return (context, node) =>
    context.bind(node.outputs[0]!, context.op(opType, [context.name(node.inputs[0]!)]))
}

/** An operator that broadcasts its operands. */
function broadcasting<Name extends PrimitiveName>(opType: string): LoweringRule<Name> {
  return (context, node) => {
    context.bind(
      node.outputs[0]!,
      context.op(opType, context.loose(node.inputs, node.outputs[0]!.type.shape)),
    )
  }
}

/** A product that is read once and then added to something is one Gemm: this is the recurrence of every cell. */
const add: LoweringRule<'add'> = (context, node) => {
  const [output] = node.outputs
  for (const [side, other] of [
    [node.inputs[0]!, node.inputs[1]!],
    [node.inputs[1]!, node.inputs[0]!],
  ] as const) {
    const product = context.made(side, 'matmul')
    if (
      product === undefined ||
      context.uses(side) !== 1 ||
      context.isBound(side) ||
      side.type.shape.length !== 2
    )
      continue
    const { transposeA, transposeB } = product.attributes
    const source = context.made(other, 'broadcastTo')?.inputs[0] ?? other
    const addend = context.name(source)
    const left = context.name(product.inputs[0]!)
    const a = transposeA ? context.op('Transpose', [left]) : left
    context.bind(
      output!,
      context.op('Gemm', [a, context.name(product.inputs[1]!), addend], { transB: int(transposeB ? 1 : 0) }),
    )
    return
  }
  context.bind(output!, context.op('Add', context.loose(node.inputs, output!.type.shape)))
}

const cast: LoweringRule<'cast'> = (context, node, { dtype }) => {
  context.bind(
    node.outputs[0]!,
    context.op('Cast', [context.name(node.inputs[0]!)], { to: int(ELEMENT_TYPE_NUMBER[dtype]) }),
  )
}

const erf: LoweringRule<'erf'> = (context, node) => {
  if (node.outputs[0]!.type.dtype === 'float64') {
    throw new ElmanError('ORT_NO_KERNEL', {
      message: 'ONNX Runtime has no kernel for erf in float64 on this device',
      hint: 'use float32, or the reference backend for checks in float64',
    })
  }
  context.bind(node.outputs[0]!, context.op('Erf', [context.name(node.inputs[0]!)]))
}

const stopGradient: LoweringRule<'stopGradient'> = (context, node) => {
  context.bind(node.outputs[0]!, context.name(node.inputs[0]!))
}

const constant: LoweringRule<'constant'> = (context, node, { value }) => {
  context.bind(node.outputs[0]!, context.onnx.initializer(undefined, value))
}

/** Element by element. */
export const elementwise = {
  constant,
  neg: unary<'neg'>('Neg'),
  sign: unary<'sign'>('Sign'),
  exp: unary<'exp'>('Exp'),
  log: unary<'log'>('Log'),
  sqrt: unary<'sqrt'>('Sqrt'),
  sin: unary<'sin'>('Sin'),
  tanh: unary<'tanh'>('Tanh'),
  sigmoid: unary<'sigmoid'>('Sigmoid'),
  not: unary<'not'>('Not'),
  erf,
  cast,
  stopGradient,
  add,
  sub: broadcasting<'sub'>('Sub'),
  mul: broadcasting<'mul'>('Mul'),
  div: broadcasting<'div'>('Div'),
  pow: broadcasting<'pow'>('Pow'),
  maximum: broadcasting<'maximum'>('Max'),
  minimum: broadcasting<'minimum'>('Min'),
  equal: broadcasting<'equal'>('Equal'),
  less: broadcasting<'less'>('Less'),
  and: broadcasting<'and'>('And'),
  select: broadcasting<'select'>('Where'),
}
