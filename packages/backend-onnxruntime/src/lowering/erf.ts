import { ElmanError } from '@elman/core'
import type { LoweringContext, LoweringRule } from './context.ts'

// W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969): numerators and
// denominators, highest power first. Near 0 in x², with a factor x; further out erfc in |x|, with a factor e^(-x²).
const NEAR_TOP = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
]
const NEAR_BOTTOM = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171]
const FAR_TOP = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
]
const FAR_BOTTOM = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
]
const BORDER = 0.46875
/** From here on 1 - erf is below half a rounding step of 1. */
const FLAT = 6

/** ONNX Runtime has Erf in float32 only; float64 is put together from what it has, exact to about 1e-15. */
export const erf: LoweringRule<'erf'> = (context, node) => {
  const { dtype } = node.outputs[0]!.type
  const x = context.name(node.inputs[0]!)
  if (dtype === 'float32') {
    context.bind(node.outputs[0]!, context.op('Erf', [x]))
    return
  }
  if (dtype !== 'float64') {
    throw new ElmanError('LOWERING_FAILED', { message: 'erf needs a float operand', found: dtype })
  }
  const size = context.op('Min', [context.op('Abs', [x]), context.scalar(FLAT, dtype)])
  const square = context.op('Mul', [size, size])
  const near = context.op('Mul', [x, ratio(context, square, NEAR_TOP, NEAR_BOTTOM)])
  const tail = context.op('Mul', [
    ratio(context, size, FAR_TOP, FAR_BOTTOM),
    context.op('Exp', [context.op('Neg', [square])]),
  ])
  const far = context.op('Mul', [
    context.op('Sign', [x]),
    context.op('Sub', [context.scalar(1, dtype), tail]),
  ])
  const isNear = context.op('Less', [size, context.scalar(BORDER, dtype)])
  context.bind(node.outputs[0]!, context.op('Where', [isNear, near, far]))
}

function ratio(
  context: LoweringContext,
  x: string,
  top: readonly number[],
  bottom: readonly number[],
): string {
  return context.op('Div', [polynomial(context, x, top), polynomial(context, x, bottom)])
}

/** Horner's scheme. */
function polynomial(context: LoweringContext, x: string, coefficients: readonly number[]): string {
  const [first, ...rest] = coefficients.map(value => context.scalar(value, 'float64'))
  return rest.reduce(
    (sum, coefficient) => context.op('Add', [context.op('Mul', [sum, x]), coefficient]),
    first!,
  )
}
