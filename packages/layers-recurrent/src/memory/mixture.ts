/**
 * The memory that a mixture of actions leaves. What every action would leave is laid out flat, one row an action, and
 * the mixture is one product with the actions' weights. A stack's step then takes a concatenation of three slices and a
 * product, where shifting, weighing and adding up take nine operations as large as the memory; for the gradient three
 * copies of the memory are kept instead of six.
 */
import { concat, expandDims, filled, matmul, reshape, type Tensor } from '@elman/core'

/**
 * Σ over actions of weight · what it leaves.
 *
 * @param actions weights (batch, memories, actions)
 * @param pieces (batch, memories, ...numbers), which one behind the other are the rows of all actions
 * @returns (batch, memories, numbers of a row)
 */
export function mixture(actions: Tensor, pieces: readonly Tensor[]): Tensor {
  const [batch, memories, count] = actions.shape as [number, number, number]
  const left = reshape(concat(pieces, 2), [batch, memories, count, -1])
  const mixed = matmul(expandDims(actions, 2), left) // (batch, memories, 1, numbers)
  return reshape(mixed, [batch, memories, -1])
}

/** Cells that nobody has written, (batch, memories, numbers). */
export function empty(like: Tensor, numbers: number): Tensor {
  const [batch, memories] = like.shape as [number, number]
  return like.scope.constant(filled([batch, memories, numbers], 0, like.dtype))
}
