/** Features that are cut into heads: (..., heads · size) and (..., heads, size). */
import {
  add,
  div,
  ElmanError,
  matmul,
  mean,
  reshape,
  sizeOf,
  sqrt,
  square,
  sum,
  type Tensor,
  transpose,
} from '@elman/core'

/** (..., heads · size) as (..., heads, size). */
export function intoHeads(x: Tensor, heads: number): Tensor {
  return reshape(x, [...x.shape.slice(0, -1), heads, x.shape.at(-1)! / heads])
}

/** (..., heads, size) as (..., heads · size). */
export function fromHeads(x: Tensor): Tensor {
  return reshape(x, [...x.shape.slice(0, -2), x.shape.at(-2)! * x.shape.at(-1)!])
}

/**
 * Product with a block-diagonal matrix: each head's features meet its own block.
 *
 * @param x (..., heads · rows)
 * @param blocks (heads, rows, columns)
 * @returns (..., heads, columns)
 */
export function blockProduct(x: Tensor, blocks: Tensor): Tensor {
  const [heads, rows, columns] = blocks.shape as [number, number, number]
  const lead = x.shape.slice(0, -1)
  if (heads === 1) return reshape(matmul(x, reshape(blocks, [rows, columns])), [...lead, 1, columns])
  const byHead = transpose(reshape(x, [sizeOf(lead), heads, rows]), [1, 0, 2])
  return reshape(transpose(matmul(byHead, blocks), [1, 0, 2]), [...lead, heads, columns])
}

/** x / √(Σ x² + ε) over the last axis. */
export function unitLength(x: Tensor): Tensor {
  return div(x, sqrt(add(sum(square(x), -1, { keepDims: true }), 1e-6)))
}

/** x / √(mean x² + 1e-5) over the last axis. */
export function rootMeanSquareOne(x: Tensor): Tensor {
  return div(x, sqrt(add(mean(square(x), -1, { keepDims: true }), 1e-5)))
}

/**
 * Refuses features that do not divide into heads.
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function checkHeads(cell: string, hidden: number, heads: number): void {
  if (hidden % heads === 0) return
  throw new ElmanError('HEADS_DO_NOT_DIVIDE', {
    message: `cell "${cell}" cannot cut its features into heads of one size`,
    expected: `"hidden" to be a multiple of ${heads} heads`,
    found: `hidden ${hidden}`,
  })
}
