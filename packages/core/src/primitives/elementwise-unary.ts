/** Functions of one element: result and operand have the same shape. */
import type { Primitive } from '../ir/primitive.ts'
import type { Tensor } from '../ir/scope.ts'
import { apply } from '../ir/scope.ts'
import { cast, cos, div, exp, mul, neg, square, sub } from '../ops/elementwise.ts'
import { allocate, isFloat } from '../tensor/dtype.ts'
import { erf as erfOf } from '../tensor/special.ts'
import { floatOnly, wrongDType } from './rules.ts'

type UnaryName = 'neg' | 'sign' | 'exp' | 'log' | 'sqrt' | 'sin' | 'tanh' | 'sigmoid' | 'erf'

function unary<Name extends UnaryName>(
  name: Name,
  summary: string,
  f: (x: number) => number,
  derivative: ((x: Tensor, y: Tensor, cotangent: Tensor) => Tensor) | 'none',
  integers = false,
): Primitive<Name> {
  return {
    summary,
    infer: inputs => [integers ? inputs[0]! : floatOnly(name, inputs)],
    derivative:
      derivative === 'none'
        ? 'none'
        : ({ inputs, outputs, cotangents }) => [derivative(inputs[0]!, outputs[0]!, cotangents[0]!)],
    batch: ({ inputs }) => apply(name, inputs, {} as never),
    evaluate: ([x]) => {
      const data = allocate(x!.dtype, x!.data.length)
      for (let i = 0; i < data.length; i++) {
        if (x!.dtype === 'int64') data[i] = BigInt(f(Number(x!.data[i]!)))
        else data[i] = f(x!.data[i] as number)
      }
      return [{ dtype: x!.dtype, shape: x!.shape, data }]
    },
  }
}

/** −x. */
export const neg_ = unary(
  'neg',
  'Negation, element by element.',
  x => -x,
  (_x, _y, d) => neg(d),
  true,
)

/** Sign of x. */
export const sign = unary('sign', 'Sign of every element: −1, 0 or 1.', Math.sign, 'none', true)

/** eˣ; dx = dy ⊙ y. */
export const exp_ = unary('exp', 'Exponential function.', Math.exp, (_x, y, d) => mul(d, y))

/** ln x; dx = dy / x. */
export const log = unary('log', 'Natural logarithm.', Math.log, (x, _y, d) => div(d, x))

/** √x; dx = dy / 2y. */
export const sqrt = unary('sqrt', 'Square root.', Math.sqrt, (_x, y, d) => div(mul(d, 0.5), y))

/** sin x; dx = dy ⊙ cos x. */
export const sin = unary('sin', 'Sine, argument in radians.', Math.sin, (x, _y, d) => mul(d, cos(x)))

/** tanh x; dx = dy ⊙ (1 − y²). */
export const tanh = unary('tanh', 'Hyperbolic tangent.', Math.tanh, (_x, y, d) => mul(d, sub(1, square(y))))

/** σ(x); dx = dy ⊙ y(1 − y). */
export const sigmoid = unary(
  'sigmoid',
  'Logistic function 1 / (1 + e⁻ˣ).',
  x => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  (_x, y, d) => mul(d, mul(y, sub(1, y))),
)

/** erf x; dx = dy ⊙ 2/√π e^{−x²}. */
export const erf = unary('erf', 'Gauss error function.', erfOf, (x, _y, d) =>
  mul(d, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
)

/** Logical not of bools. */
export const not: Primitive<'not'> = {
  summary: 'Logical not of every element.',
  infer: inputs => {
    if (inputs[0]!.dtype !== 'bool') throw wrongDType('not', 'bool', inputs)
    return [inputs[0]!]
  },
  derivative: 'none',
  batch: ({ inputs }) => apply('not', inputs, {}),
  evaluate: ([x]) => [{ ...x!, data: Uint8Array.from(x!.data as Uint8Array, v => 1 - v) }],
}

/** Change of dtype; the gradient is converted back. */
export const cast_: Primitive<'cast'> = {
  summary: 'Elements converted to another dtype; floats to integers drop the fraction.',
  infer: (inputs, { dtype }) => [{ dtype, shape: inputs[0]!.shape }],
  derivative: ({ inputs, cotangents, attributes }) => [
    isFloat(inputs[0]!.dtype) && isFloat(attributes.dtype)
      ? cast(cotangents[0]!, inputs[0]!.dtype)
      : undefined,
  ],
  batch: ({ inputs, attributes }) => apply('cast', inputs, attributes),
  evaluate: ([x], { dtype }) => {
    const data = allocate(dtype, x!.data.length)
    for (let i = 0; i < data.length; i++) {
      const value = Number(x!.data[i]!)
      if (dtype === 'int64') data[i] = BigInt(Math.trunc(value))
      else if (dtype === 'bool') data[i] = value === 0 ? 0 : 1
      else data[i] = dtype === 'int32' ? Math.trunc(value) : value
    }
    return [{ dtype, shape: x!.shape, data }]
  },
}

/** The identity, through which no gradient passes. */
export const stopGradient: Primitive<'stopGradient'> = {
  summary: 'The operand itself; gradients stop here.',
  infer: inputs => [inputs[0]!],
  derivative: 'none',
  batch: ({ inputs }) => apply('stopGradient', inputs, {}),
  evaluate: ([x]) => [x!],
}
