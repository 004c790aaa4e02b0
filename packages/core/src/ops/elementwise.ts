import { ElmanError } from '../errors/elman-error.ts'
import { apply, deepestScope, isTensor, lift, type Scope, type Tensor, type TensorLike } from '../ir/scope.ts'
import { type DType, formatType, type Shape, sameShape } from '../tensor/dtype.ts'
import { isNdArray } from '../tensor/nd-array.ts'

/**
 * Shape that two shapes broadcast to: aligned at the last axis, extents equal or 1 (as in NumPy).
 *
 * @throws `SHAPE_MISMATCH` when they do not fit.
 */
export function broadcastShapes(a: Shape, b: Shape, name = 'broadcast'): Shape {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const extentA = a[axis - rank + a.length] ?? 1
    const extentB = b[axis - rank + b.length] ?? 1
    if (extentA !== extentB && extentA !== 1 && extentB !== 1) {
      throw new ElmanError('SHAPE_MISMATCH', {
        message: `"${name}" cannot broadcast its operands together`,
        expected: 'equal extents, or 1, aligned at the last axis',
        found: `[${a.join(',')}] and [${b.join(',')}]`,
      })
    }
    shape.push(extentA === 1 ? extentB : extentA)
  }
  return shape
}

/** `x` repeated along axes of extent 1 (or missing in front) up to `shape`. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  return apply('broadcastTo', [x], { shape })[0]!
}

function operandDType(inputs: readonly TensorLike[], name: string): DType {
  let dtype: DType | undefined
  for (const input of inputs) {
    if (!isTensor(input) && !isNdArray(input)) continue
    if (dtype !== undefined && input.dtype !== dtype) {
      throw new ElmanError('DTYPE_MISMATCH', {
        message: `"${name}" needs operands of one dtype`,
        found: inputs.map(x => (typeof x === 'number' ? 'number' : formatType(x))).join(' and '),
        hint: 'convert one of them with cast(x, dtype)',
      })
    }
    dtype = input.dtype
  }
  return dtype ?? 'float32'
}

type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'equal' | 'less' | 'and'

function binary(name: BinaryName, a: TensorLike, b: TensorLike): Tensor {
  const scope = deepestScope([a, b], name)
  const dtype = operandDType([a, b], name)
  const [x, y] = [lift(scope, a, dtype), lift(scope, b, dtype)]
  const shape = broadcastShapes(x.shape, y.shape, name)
  return emitBinary(scope, name, broadcastTo(x, shape), broadcastTo(y, shape))
}

/**
 * Products keep what is known early together: in a loop body, (d · a) · b with a and b from outside becomes
 * d · (a · b), so that the inner product is made once, outside. Gates' derivative factors end up out of the
 * backward loop by this rule.
 */
function emitBinary(scope: Scope, name: BinaryName, x: Tensor, y: Tensor): Tensor {
  if (name === 'mul' && scope.parent !== undefined) {
    const [inner, outer] = x.scope === scope ? [x, y] : [y, x]
    const node = inner.scope === scope && outer.scope !== scope ? scope.producer(inner.value) : undefined
    if (node?.primitive === 'mul') {
      for (const [captured, other] of [
        [node.inputs[1]!, node.inputs[0]!],
        [node.inputs[0]!, node.inputs[1]!],
      ] as const) {
        const source = scope.outerOf(captured)
        if (source !== undefined)
          return emitBinary(scope, 'mul', scope.tensor(other), binary('mul', source, outer))
      }
    }
  }
  return scope.emit(name, [x, y], {})[0]!
}

/** a + b, with broadcasting. */
export function add(a: TensorLike, b: TensorLike): Tensor {
  return binary('add', a, b)
}

/** a − b, with broadcasting. */
export function sub(a: TensorLike, b: TensorLike): Tensor {
  return binary('sub', a, b)
}

/** a ⊙ b, element by element, with broadcasting. */
export function mul(a: TensorLike, b: TensorLike): Tensor {
  return binary('mul', a, b)
}

/** a / b, element by element, with broadcasting. Integers divide towards zero. */
export function div(a: TensorLike, b: TensorLike): Tensor {
  return binary('div', a, b)
}

/** a to the power b, element by element; the gradient with respect to b needs a > 0. */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  return binary('pow', a, b)
}

/** The larger of a and b; at a tie the gradient is halved between them. */
export function maximum(a: TensorLike, b: TensorLike): Tensor {
  return binary('maximum', a, b)
}

/** The smaller of a and b; at a tie the gradient is halved between them. */
export function minimum(a: TensorLike, b: TensorLike): Tensor {
  return binary('minimum', a, b)
}

/** a = b, as bool. */
export function equal(a: TensorLike, b: TensorLike): Tensor {
  return binary('equal', a, b)
}

/** a < b, as bool. */
export function less(a: TensorLike, b: TensorLike): Tensor {
  return binary('less', a, b)
}

/** a > b, as bool. */
export function greater(a: TensorLike, b: TensorLike): Tensor {
  return binary('less', b, a)
}

/** a and b, both bool. */
export function and(a: Tensor, b: Tensor): Tensor {
  return binary('and', a, b)
}

/** a or b, both bool. */
export function or(a: Tensor, b: Tensor): Tensor {
  return not(and(not(a), not(b)))
}

/** a ≤ b, as bool; false where either is NaN. */
export function lessEqual(a: TensorLike, b: TensorLike): Tensor {
  return or(less(a, b), equal(a, b))
}

/** not x, for bool. */
export function not(x: Tensor): Tensor {
  return apply('not', [x], {})[0]!
}

/** `whenTrue` where `condition` holds, else `whenFalse`; with broadcasting. */
export function select(condition: Tensor, whenTrue: TensorLike, whenFalse: TensorLike): Tensor {
  const scope = deepestScope([condition, whenTrue, whenFalse], 'select')
  const dtype = operandDType([whenTrue, whenFalse], 'select')
  const [x, y] = [lift(scope, whenTrue, dtype), lift(scope, whenFalse, dtype)]
  const shape = broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape, 'select'), 'select')
  return apply(
    'select',
    [condition, x, y].map(operand => broadcastTo(operand, shape)),
    {},
  )[0]!
}

/** `x` converted to another dtype. Floats to integers drop the fraction; to bool: not zero. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : apply('cast', [x], { dtype })[0]!
}

/** −x. */
export function neg(x: Tensor): Tensor {
  return apply('neg', [x], {})[0]!
}

/** −1, 0 or 1. */
export function sign(x: Tensor): Tensor {
  return apply('sign', [x], {})[0]!
}

/** |x|; derivative 0 at 0. */
export function abs(x: Tensor): Tensor {
  return mul(x, sign(x))
}

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return apply('exp', [x], {})[0]!
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return apply('log', [x], {})[0]!
}

/** Square root. */
export function sqrt(x: Tensor): Tensor {
  return apply('sqrt', [x], {})[0]!
}

/** x². */
export function square(x: Tensor): Tensor {
  return mul(x, x)
}

/** sin x, x in radians. */
export function sin(x: Tensor): Tensor {
  return apply('sin', [x], {})[0]!
}

/** cos x, x in radians. */
export function cos(x: Tensor): Tensor {
  return sin(add(x, Math.PI / 2))
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return apply('tanh', [x], {})[0]!
}

/** Logistic function 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return apply('sigmoid', [x], {})[0]!
}

/** Gauss error function. */
export function erf(x: Tensor): Tensor {
  return apply('erf', [x], {})[0]!
}

/** max(x, 0). The derivative at 0 is 0, as in PyTorch. */
export function relu(x: Tensor): Tensor {
  return select(less(0, x), x, 0)
}

/** ln(1 + eˣ), without overflow. */
export function softplus(x: Tensor): Tensor {
  return add(maximum(x, 0), log(add(exp(neg(abs(x))), 1)))
}

/** `x` with no gradient through it. */
export function stopGradient(x: Tensor): Tensor {
  return apply('stopGradient', [x], {})[0]!
}
