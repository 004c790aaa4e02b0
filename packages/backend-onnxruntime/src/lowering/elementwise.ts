import type { PrimitiveName } from '@elman/core'
import { int } from '../onnx/attribute.ts'
import { ELEMENT_TYPE_NUMBER } from '../onnx/element-type.ts'
import type { LoweringRule } from './context.ts'
import { erf } from './erf.ts'

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

const cast: LoweringRule<'cast'> = (context, node, { dtype }) => {
  context.bind(
    node.outputs[0]!,
    context.op('Cast', [context.name(node.inputs[0]!)], { to: int(ELEMENT_TYPE_NUMBER[dtype]) }),
  )
}

/** Where has no kernel for bool: those are chosen as bytes. */
const select: LoweringRule<'select'> = (context, node) => {
  const [output] = node.outputs
  const [condition, ...choices] = context.loose(node.inputs, output!.type.shape)
  if (output!.type.dtype !== 'bool') {
    context.bind(output!, context.op('Where', [condition!, ...choices]))
    return
  }
  const bytes = choices.map(choice => context.op('Cast', [choice], { to: int(ELEMENT_TYPE_NUMBER.uint8) }))
  const chosen = context.op('Where', [condition!, ...bytes])
  context.bind(output!, context.op('Cast', [chosen], { to: int(ELEMENT_TYPE_NUMBER.bool) }))
}

const stopGradient: LoweringRule<'stopGradient'> = (context, node) => {
  context.bind(node.outputs[0]!, context.name(node.inputs[0]!))
}

const constant: LoweringRule<'constant'> = (context, node, { value }) => {
  context.bind(
    node.outputs[0]!,
    context.onnx.initializer(context.settings.constantNames.get(value.data), value),
  )
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
  sub: broadcasting<'sub'>('Sub'),
  div: broadcasting<'div'>('Div'),
  pow: broadcasting<'pow'>('Pow'),
  maximum: broadcasting<'maximum'>('Max'),
  minimum: broadcasting<'minimum'>('Min'),
  equal: broadcasting<'equal'>('Equal'),
  less: broadcasting<'less'>('Less'),
  and: broadcasting<'and'>('And'),
  select,
}
