import type { PrimitiveName } from '@elman/core'
import type { KernelRule } from './context.ts'

/**
 * Random numbers are drawn by the generator of core on the host: counter arithmetic needs products of 32-bit words,
 * which no device of TensorFlow.js has, and so the bits are those of every other backend.
 */
function drawn<Name extends PrimitiveName>(): KernelRule<Name> {
  return (context, node) => context.onHost(node)
}

/** Random primitives. */
export const random = {
  foldIn: drawn<'foldIn'>(),
  randomBits: drawn<'randomBits'>(),
  randomUniform: drawn<'randomUniform'>(),
  bernoulliMask: drawn<'bernoulliMask'>(),
}
