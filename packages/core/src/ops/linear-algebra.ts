import { ElmanError } from '../errors/elman-error.ts'
import { apply, deepestScope, lift, type Tensor, type TensorLike } from '../ir/scope.ts'
import { formatType, sizeOf } from '../tensor/dtype.ts'
import { broadcastShapes, broadcastTo } from './elementwise.ts'
import { reshape } from './shape.ts'

/** Which operands of a product are read transposed (their last two axes swapped). */
export interface MatmulOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

/**
 * Matrix product over the last two axes. `b` of rank 2 meets every row of `a`, whatever leading axes `a` has;
 * otherwise leading axes broadcast. `a` of rank 1 is a row.
 *
 * @throws `SHAPE_MISMATCH` when the inner extents differ.
 */
export function matmul(a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor {
  const scope = deepestScope([a, b], 'matmul')
  const [x, y] = [lift(scope, a, 'float32'), lift(scope, b, 'float32')]
  const attributes = { transposeA: options.transposeA ?? false, transposeB: options.transposeB ?? false }
  if (y.shape.length < 2 || x.shape.length < 1) {
    throw new ElmanError('SHAPE_MISMATCH', {
      message: '"matmul" needs matrices (the left operand may be a vector)',
      found: `${formatType(x)} and ${formatType(y)}`,
    })
  }
  if (x.shape.length === 1)
    return reshape(matmul(reshape(x, [1, -1]), y, options), [
      attributes.transposeB ? y.shape.at(-2)! : y.shape.at(-1)!,
    ])
  if (x.shape.length === 2 && y.shape.length === 2) return apply('matmul', [x, y], attributes)[0]!
  if (y.shape.length === 2 && !attributes.transposeA) {
    const lead = x.shape.slice(0, -1)
    const flat = reshape(x, [sizeOf(lead), x.shape.at(-1)!])
    const product = apply('matmul', [flat, y], attributes)[0]!
    return reshape(product, [...lead, product.shape[1]!])
  }
  const lead = broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2), 'matmul')
  const left = broadcastTo(x, [...lead, ...x.shape.slice(-2)])
  const right = broadcastTo(y, [...lead, ...y.shape.slice(-2)])
  return apply('matmul', [left, right], attributes)[0]!
}

/** Σ a ⊙ b over the last axis. */
export function dot(a: Tensor, b: Tensor): Tensor {
  const row = reshape(a, [...a.shape.slice(0, -1), 1, a.shape.at(-1)!])
  const column = reshape(b, [...b.shape.slice(0, -1), b.shape.at(-1)!, 1])
  const product = matmul(row, column)
  return reshape(product, product.shape.slice(0, -2))
}
