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

/** The kernel of a node. Kernels of devices disagree about arrays without elements: those are left to the host. */
export function kernelFor(context: KernelContext, node: Node): Kernel {
  const isLoop = node.primitive === 'scan' || node.primitive === 'checkpoint'
  const empty = [...node.inputs, ...node.outputs].some(({ type }) => sizeOf(type.shape) === 0)
  if (empty && !isLoop) return context.onHost(node)
  return (table[node.primitive] as KernelRule<PrimitiveName>)(context, node, node.attributes as never)
}
