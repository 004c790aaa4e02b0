/** Functions of elements. */
import type { PrimitiveName } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext, KernelRule } from './context.ts'

/** A kernel of one operand. */
function unary<Name extends PrimitiveName>(kernel: string): KernelRule<Name> {
  return context => inputs => [context.run(kernel, { x: inputs[0]! })]
}

/** A kernel of two operands; for integers only where it is the same function there. */
function binary<Name extends PrimitiveName>(kernel: string): KernelRule<Name> {
  return context => inputs => [context.run(kernel, { a: inputs[0]!, b: inputs[1]! })]
}

/** A comparison; bools are compared as integers, because not every device compares bools. */
function comparison<Name extends PrimitiveName>(kernel: string): KernelRule<Name> {
  return (context, node) => {
    const bools = node.inputs[0]!.type.dtype === 'bool'
    return inputs => {
      const [a, b] = bools ? inputs.map(input => context.cast(input, 'int32')) : inputs
      return [context.run(kernel, { a: a!, b: b! })]
    }
  }
}

/** A float kernel; integers by the reference kernel, which rounds towards zero where devices round down. */
function floatOnly<Name extends PrimitiveName>(rule: KernelRule<Name>): KernelRule<Name> {
  return (context, node, attributes) =>
    node.outputs[0]!.type.dtype === 'float32' ? rule(context, node, attributes) : context.onHost(node)
}

const negate: KernelRule<'neg'> = (context, node) => {
  if (node.outputs[0]!.type.dtype === 'float32') return inputs => [context.run('Neg', { x: inputs[0]! })]
  const zero = context.constant({ dtype: 'int32', shape: [], data: Int32Array.of(0) })
  return inputs => [context.run('Sub', { a: zero, b: inputs[0]! })]
}

const cast: KernelRule<'cast'> = (context, node, { dtype }) => {
  const from = node.inputs[0]!.type.dtype
  if (dtype === from) return ([x]) => [context.same(x!)]
  if (dtype !== 'bool') return ([x]) => [context.cast(x!, dtype)]
  // A cast may keep the low byte (wasm): what is not zero is asked for.
  const data = from === 'float32' ? Float32Array.of(0) : Int32Array.of(0)
  const zero = context.constant({ dtype: from, shape: [], data })
  return ([x]) => [context.run('NotEqual', { a: x!, b: zero })]
}

/** Chosen bit by bit, so that bools go by integers: a device may take every element for four bytes (wasm). */
const select: KernelRule<'select'> = (context, node) => {
  const bools = node.outputs[0]!.type.dtype === 'bool'
  const choose = (condition: DeviceTensor, t: DeviceTensor, e: DeviceTensor) =>
    context.run('Select', { condition, t, e })
  if (!bools) return ([condition, a, b]) => [choose(condition!, a!, b!)]
  return ([condition, a, b]) => [
    asBool(context, choose(condition!, context.cast(a!, 'int32'), context.cast(b!, 'int32'))),
  ]
}

function asBool(context: KernelContext, x: DeviceTensor): DeviceTensor {
  return context.cast(x, 'bool')
}

const stopGradient: KernelRule<'stopGradient'> =
  context =>
  ([x]) => [context.same(x!)]

/** Element-wise primitives. */
export const elementwise = {
  neg: negate,
  sign: floatOnly(unary<'sign'>('Sign')),
  exp: unary<'exp'>('Exp'),
  log: unary<'log'>('Log'),
  sqrt: unary<'sqrt'>('Sqrt'),
  sin: unary<'sin'>('Sin'),
  tanh: unary<'tanh'>('Tanh'),
  sigmoid: unary<'sigmoid'>('Sigmoid'),
  erf: unary<'erf'>('Erf'),
  not: unary<'not'>('LogicalNot'),
  cast,
  stopGradient,
  add: binary<'add'>('Add'),
  sub: binary<'sub'>('Sub'),
  mul: binary<'mul'>('Multiply'),
  div: floatOnly(binary<'div'>('RealDiv')),
  pow: floatOnly(binary<'pow'>('Pow')),
  maximum: binary<'maximum'>('Maximum'),
  minimum: binary<'minimum'>('Minimum'),
  equal: comparison<'equal'>('Equal'),
  less: comparison<'less'>('Less'),
  and: binary<'and'>('LogicalAnd'),
  select,
}
