/** Questions that rewriting rules ask about how a tensor was made. */

import type { PrimitiveName } from '../ir/attributes.ts'
import { isNode, type Node } from '../ir/graph.ts'
import type { Tensor } from '../ir/scope.ts'
import { sizeOf } from '../tensor/dtype.ts'

/** The node that made a tensor, if it is of the given primitive. */
export function madeBy<Name extends PrimitiveName>(tensor: Tensor, name: Name): Node<Name> | undefined {
  const node = tensor.scope.producer(tensor.value)
  return isNode(node, name) ? node : undefined
}

/** Operand `index` of the node that made a tensor. */
export function operand(tensor: Tensor, index = 0): Tensor {
  return tensor.scope.tensor(tensor.scope.producer(tensor.value)!.inputs[index]!)
}

/** The number that all elements of a tensor are known to equal. */
export function uniformValue(tensor: Tensor): number | undefined {
  const source = throughShape(tensor)
  const node = madeBy(source, 'constant')
  return node !== undefined && node.attributes.value.data.length === 1
    ? Number(node.attributes.value.data[0]!)
    : undefined
}

/** What a tensor repeats: itself without broadcasts and reshapes of one element. */
export function throughShape(tensor: Tensor): Tensor {
  let source = tensor
  for (;;) {
    const isRepeat = madeBy(source, 'broadcastTo') !== undefined
    const isView = madeBy(source, 'reshape') !== undefined && sizeOf(source.shape) === 1
    if (!isRepeat && !isView) return source
    source = operand(source)
  }
}

/** A scalar tensor whose value every element of `tensor` has. */
export function repeatedScalar(tensor: Tensor): Tensor | undefined {
  const source = throughShape(tensor)
  return sizeOf(source.shape) === 1 ? source : undefined
}

/**
 * A factor that is constant along the last axis: (rows, 1) for a matrix (rows, columns) made by broadcasting it, or
 * a scalar.
 */
export function rowFactor(tensor: Tensor): Tensor | undefined {
  const node = madeBy(tensor, 'broadcastTo')
  if (node === undefined || tensor.shape.length !== 2) return undefined
  const source = operand(tensor)
  return source.shape.at(-1) === 1 || source.shape.length === 0 ? source : undefined
}

/** A vector over the last axis that a tensor repeats along all others. */
export function repeatedVector(tensor: Tensor): Tensor | undefined {
  if (madeBy(tensor, 'broadcastTo') === undefined) return undefined
  const source = operand(tensor)
  const isVector = sizeOf(source.shape) === source.shape.at(-1) && source.shape.at(-1) === tensor.shape.at(-1)
  return isVector ? source : undefined
}
