import type { Primitive } from '../ir/primitive.ts'
import { apply, type Tensor } from '../ir/scope.ts'
import { matmul } from '../ops/linear-algebra.ts'
import { reshape } from '../ops/shape.ts'
import { allocate, type Shape, sameShape, sizeOf } from '../tensor/dtype.ts'
import { floatOnly, mismatch, withBatchAxis, wrongDType } from './rules.ts'

interface Product {
  readonly rows: number
  readonly inner: number
  readonly columns: number
  readonly lead: Shape
}

function productOf(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Product | undefined {
  if (a.length < 2 || a.length !== b.length || !sameShape(a.slice(0, -2), b.slice(0, -2))) return undefined
  const [rows, inner] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!]
  const [innerB, columns] = transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!]
  return inner === innerB ? { rows, inner, columns, lead: a.slice(0, -2) } : undefined
}

/** The derivative of a product is two products; no operand is ever transposed in memory. */
function pull(
  a: Tensor,
  b: Tensor,
  d: Tensor,
  transposeA: boolean,
  transposeB: boolean,
  which: 0 | 1,
): Tensor {
  if (which === 0) {
    if (transposeA) return matmul(b, d, { transposeA: transposeB, transposeB: true })
    return matmul(d, b, { transposeB: !transposeB })
  }
  if (transposeB) return matmul(d, a, { transposeA: true, transposeB: transposeA })
  return matmul(a, d, { transposeA: !transposeA })
}

/** Matrix product over the last two axes; leading axes are equal. */
export const matmul_: Primitive<'matmul'> = {
  summary: 'Matrix product (..., m, k) · (..., k, n) → (..., m, n); each operand may be read transposed.',
  infer: (inputs, { transposeA, transposeB }) => {
    const type = floatOnly('matmul', inputs)
    if (inputs[1]!.dtype !== type.dtype) throw wrongDType('matmul', 'operands of one dtype', inputs)
    const product = productOf(inputs[0]!.shape, inputs[1]!.shape, transposeA, transposeB)
    const read = `${transposeA ? ' (left one transposed)' : ''}${transposeB ? ' (right one transposed)' : ''}`
    if (product === undefined) throw mismatch('matmul', `matrices whose inner extents agree${read}`, inputs)
    return [{ dtype: type.dtype, shape: [...product.lead, product.rows, product.columns] }]
  },
  derivative: ({ inputs: [a, b], cotangents: [d], attributes: { transposeA, transposeB }, needed }) => [
    needed[0] ? pull(a!, b!, d!, transposeA, transposeB, 0) : undefined,
    needed[1] ? pull(a!, b!, d!, transposeA, transposeB, 1) : undefined,
  ],
  batch: context => {
    const { inputs, batched, attributes, size } = context
    const [a, b] = inputs as readonly [Tensor, Tensor]
    if (batched[0] && !batched[1] && b.shape.length === 2 && !attributes.transposeA) {
      // One matrix for the whole batch: the batch becomes more rows of one large product.
      const flat = reshape(a, [size * a.shape[1]!, a.shape[2]!])
      const product = apply('matmul', [flat, b], attributes)[0]!
      return [reshape(product, [size, a.shape[1]!, product.shape[1]!])]
    }
    return apply('matmul', [withBatchAxis(context, 0), withBatchAxis(context, 1)], attributes)
  },
  evaluate: ([a, b], { transposeA, transposeB }) => {
    const { rows, inner, columns, lead } = productOf(a!.shape, b!.shape, transposeA, transposeB)!
    const data = allocate(a!.dtype, sizeOf(lead) * rows * columns) as Float32Array
    const [x, y] = [a!.data as Float32Array, b!.data as Float32Array]
    const [rowA, innerA] = transposeA ? [1, rows] : [inner, 1]
    const [innerB, columnB] = transposeB ? [1, inner] : [columns, 1]
    for (let batch = 0; batch < sizeOf(lead); batch++) {
      const [atA, atB, at] = [batch * rows * inner, batch * inner * columns, batch * rows * columns]
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let total = 0
          for (let k = 0; k < inner; k++)
            total += x[atA + i * rowA + k * innerA]! * y[atB + k * innerB + j * columnB]!
          data[at + i * columns + j] = total
        }
      }
    }
    return [{ dtype: a!.dtype, shape: [...lead, rows, columns], data }]
  },
}
