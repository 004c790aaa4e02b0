import { deepestScope, isTensorLike, lift, Scope, type Tensor } from '../ir/scope.ts'
import { leavesOf, withLeaves } from './tree.ts'

/**
 * `f`, but with nothing inside it kept for the backward pass: its gradient computes `f` again (Chen et al. 2016).
 * Trades time for memory; values and gradients are the same.
 */
export function checkpoint<Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
): (...args: Args) => R {
  return (...args) => {
    const leaves = leavesOf<Tensor>(args, isTensorLike)
    const scope = deepestScope(leaves, 'checkpoint')
    const tensors = leaves.map(leaf => lift(scope, leaf, 'float32'))
    const inner = new Scope(scope.primitives, scope)
    const symbolic = tensors.map(tensor => inner.input(tensor))
    const out = f(...(withLeaves(args, isTensorLike, symbolic) as unknown as Args))
    const body = inner.finish(leavesOf<Tensor>(out, isTensorLike).map(leaf => lift(inner, leaf, 'float32')))
    const outers = body.inputs.slice(tensors.length).map(value => inner.outerOf(value)!)
    return withLeaves(
      out,
      isTensorLike,
      (inner.parent ?? scope).emit('checkpoint', [...tensors, ...outers], { body }),
    ) as R
  }
}
