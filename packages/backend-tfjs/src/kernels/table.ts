import { type Node, type PrimitiveName, sizeOf } from '@elman/core'
import { classes } from './classes.ts'
import type { Kernel, KernelContext, KernelRule } from './context.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { loop } from './loop.ts'
import { product } from './product.ts'
import { random } from './random.ts'
import { reduction } from './reduction.ts'
import { structure } from './structure.ts'

/** How each primitive runs on TensorFlow.js. The type checks that none is missing. */
const table: { readonly [Name in PrimitiveName]: KernelRule<Name> } = {
  ...elementwise,
  ...structure,
  ...reduction,
  ...product,
  ...indexing,
  ...classes,
  ...random,
  ...loop,
}

/** Axes that every kernel of every device has; with more, some fail and some (wasm) give wrong numbers. */
export const MOST_AXES = 6

/** The kernel of a node. Arrays without elements, about which devices disagree, and of many axes are left to the host. */
export function kernelFor(context: KernelContext, node: Node): Kernel {
  const isLoop = node.primitive === 'scan' || node.primitive === 'checkpoint'
  const odd = [...node.inputs, ...node.outputs].some(
    ({ type }) => sizeOf(type.shape) === 0 || type.shape.length > MOST_AXES,
  )
  if (odd && !isLoop) return context.onHost(node)
  return (table[node.primitive] as KernelRule<PrimitiveName>)(context, node, node.attributes as never)
}
