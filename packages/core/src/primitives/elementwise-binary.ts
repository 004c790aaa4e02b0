/** Functions of two elements. Operands have the same shape: broadcasting is explicit in the graph. */
import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { add, cast, div, equal, less, log, mul, neg, pow, select, sub } from '../ops/elementwise.ts'
import { allocate, type DType } from '../tensor/dtype.ts'
import { allBatched, sameTypes, wrongDType } from './rules.ts'

type ArithmeticName = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum'

interface Pull {
  readonly a: Tensor
  readonly b: Tensor
  readonly y: Tensor
  readonly d: Tensor
}

function arithmetic<Name extends ArithmeticName>(
  name: Name,
  summary: string,
  f: (a: number, b: number) => number,
  pullA: (pull: Pull) => Tensor,
  pullB: (pull: Pull) => Tensor,
): Primitive<Name> {
  return {
    summary,
    infer: inputs => {
      const type = sameTypes(name, inputs)
      if (type.dtype === 'bool') throw wrongDType(name, 'numbers', inputs)
      return [type]
    },
    derivative: ({ inputs, outputs, cotangents, needed }) => {
      const pull = { a: inputs[0]!, b: inputs[1]!, y: outputs[0]!, d: cotangents[0]! }
      return [needed[0] ? pullA(pull) : undefined, needed[1] ? pullB(pull) : undefined]
    },
    batch: context => apply(name, allBatched(context), {} as never),
    evaluate: ([a, b]) => {
      const dtype: DType = a!.dtype
      const data = allocate(dtype, a!.data.length)
      for (let i = 0; i < data.length; i++) {
        const value = f(Number(a!.data[i]!), Number(b!.data[i]!))
        if (dtype === 'int64') data[i] = BigInt(Math.trunc(value))
        else data[i] = dtype === 'int32' ? Math.trunc(value) : value
      }
      return [{ dtype, shape: a!.shape, data }]
    },
  }
}

/** Share of a cotangent that goes to the winner of a comparison; half at a tie. */
function winner(d: Tensor, x: Tensor, y: Tensor): Tensor {
  const half = mul(cast(equal(x, y), d.dtype), 0.5)
  return mul(d, add(cast(less(y, x), d.dtype), half))
}

/** a + b. */
export const add_ = arithmetic(
  'add',
  'Sum, element by element.',
  (a, b) => a + b,
  ({ d }) => d,
  ({ d }) => d,
)

/** a − b. */
export const sub_ = arithmetic(
  'sub',
  'Difference.',
  (a, b) => a - b,
  ({ d }) => d,
  ({ d }) => neg(d),
)

/** a ⊙ b. */
export const mul_ = arithmetic(
  'mul',
  'Product.',
  (a, b) => a * b,
  ({ b, d }) => mul(d, b),
  ({ a, d }) => mul(d, a),
)

/** a / b. */
export const div_ = arithmetic(
  'div',
  'Quotient; integers divide towards zero.',
  (a, b) => a / b,
  ({ b, d }) => div(d, b),
  ({ b, y, d }) => neg(div(mul(d, y), b)),
)

/** aᵇ. */
export const pow_ = arithmetic(
  'pow',
  'Power; the gradient of the exponent needs a positive base.',
  (a, b) => a ** b,
  ({ a, b, d }) => mul(d, mul(b, pow(a, sub(b, 1)))),
  // 0ᵇ has no slope in b for b > 0; ln 0 would turn it into NaN.
  ({ a, y, d }) => mul(d, mul(y, log(select(equal(a, 0), 1, a)))),
)

/** max(a, b). */
export const maximum = arithmetic(
  'maximum',
  'The larger of two; a tie halves the gradient.',
  (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
  ({ a, b, d }) => winner(d, a, b),
  ({ a, b, d }) => winner(d, b, a),
)

/** min(a, b). */
export const minimum = arithmetic(
  'minimum',
  'The smaller of two; a tie halves the gradient.',
  (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)),
  ({ a, b, d }) => winner(d, b, a),
  ({ a, b, d }) => winner(d, a, b),
)

function comparison<Name extends 'equal' | 'less' | 'and'>(
  name: Name,
  summary: string,
  f: (a: number | bigint, b: number | bigint) => boolean,
): Primitive<Name> {
  return {
    summary,
    infer: inputs => {
      const type = sameTypes(name, inputs)
      if (name === 'and' && type.dtype !== 'bool') throw wrongDType(name, 'bool', inputs)
      return [{ dtype: 'bool', shape: type.shape }]
    },
    derivative: 'none',
    batch: context => apply(name, allBatched(context), {} as never),
    evaluate: ([a, b]) => {
      const data = new Uint8Array(a!.data.length)
      for (let i = 0; i < data.length; i++) data[i] = f(a!.data[i]!, b!.data[i]!) ? 1 : 0
      return [{ dtype: 'bool', shape: a!.shape, data }]
    },
  }
}

/** a = b. */
export const equal_ = comparison('equal', 'Whether elements are equal, as bool.', (a, b) => a === b)

/** a < b. */
export const less_ = comparison('less', 'Whether a < b, as bool.', (a, b) => a < b)

/** a ∧ b. */
export const and = comparison('and', 'Logical and of bools.', (a, b) => a === 1 && b === 1)

/** condition ? a : b. */
export const select_: Primitive<'select'> = {
  summary: 'Elements of the second operand where the first (bool) holds, else of the third.',
  infer: inputs => {
    const type = sameTypes('select', inputs.slice(1))
    sameTypes('select', [{ dtype: type.dtype, shape: inputs[0]!.shape }, type])
    if (inputs[0]!.dtype !== 'bool') throw wrongDType('select', 'a bool condition', inputs)
    return [type]
  },
  derivative: ({ inputs: [condition], cotangents: [d], needed }) => [
    undefined,
    needed[1] ? select(condition!, d!, 0) : undefined,
    needed[2] ? select(condition!, 0, d!) : undefined,
  ],
  batch: context => apply('select', allBatched(context), {}),
  evaluate: ([condition, a, b]) => {
    const data = allocate(a!.dtype, a!.data.length)
    for (let i = 0; i < data.length; i++) data[i] = (condition!.data[i] === 1 ? a! : b!).data[i]! as never
    return [{ dtype: a!.dtype, shape: a!.shape, data }]
  },
}

/** A value fixed at compile time. */
export const constant: Primitive<'constant'> = {
  summary: 'A value fixed when the graph was made.',
  infer: (_inputs, { value }) => [{ dtype: value.dtype, shape: value.shape }],
  derivative: 'none',
  batch: () => {
    throw new Error('constants have no operands and are never batched')
  },
  evaluate: (_inputs, { value }) => [value],
}
