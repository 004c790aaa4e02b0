import { ElmanError } from '../errors/elman-error.ts'
import { deepestScope, isTensorLike, lift, Scope, type Tensor } from '../ir/scope.ts'
import { broadcastTo } from '../ops/elementwise.ts'
import { transpose } from '../ops/shape.ts'
import { batchGraph } from './batch-graph.ts'
import { leavesOf, withLeaves } from './tree.ts'

/** Which axis of each argument is mapped; null shares the argument among all calls. */
export type MappedAxes = readonly (number | null)[]

/**
 * `f` over many inputs at once: every argument has an extra axis (0, or as `axes` says), results carry it in
 * front. Works through scan and grad, so that many seeds train in one graph.
 *
 * @throws `VMAP_SIZE` when the mapped extents differ.
 */
export function vmap<Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  axes?: MappedAxes,
): (...args: Args) => R {
  return (...args) => {
    const perArgument = args.map(arg => leavesOf<Tensor>(arg, isTensorLike))
    const scope = deepestScope(perArgument.flat(), 'vmap')
    const inputs: Tensor[] = []
    const batched: boolean[] = []
    const inner = new Scope(scope.primitives, scope)
    const symbolic = perArgument.map((leaves, i) =>
      leaves.map(leaf => {
        const tensor = lift(scope, leaf, 'float32')
        const axis = axes === undefined ? 0 : axes[i]!
        batched.push(axis !== null)
        if (axis === null) {
          inputs.push(tensor)
          return inner.input(tensor)
        }
        const order = [axis, ...tensor.shape.map((_, k) => k).filter(k => k !== axis)]
        const front = transpose(tensor, order)
        inputs.push(front)
        return inner.input({ dtype: front.dtype, shape: front.shape.slice(1) })
      }),
    )
    const sizes = new Set(inputs.filter((_, i) => batched[i]).map(tensor => tensor.shape[0]!))
    const [size] = sizes
    if (sizes.size !== 1 || size === undefined) {
      throw new ElmanError('VMAP_SIZE', {
        message: 'vmap needs one extent for the mapped axis of all arguments',
        found: sizes.size === 0 ? 'no mapped argument' : [...sizes].join(' and '),
      })
    }
    const out = f(...(args.map((arg, i) => withLeaves(arg, isTensorLike, symbolic[i]!)) as unknown as Args))
    const graph = inner.finish(leavesOf<Tensor>(out, isTensorLike).map(leaf => lift(inner, leaf, 'float32')))
    const outers = graph.inputs.slice(inputs.length).map(value => inner.outerOf(value)!)
    const target = inner.parent ?? scope
    const result = batchGraph(
      target,
      graph,
      [...inputs, ...outers],
      [...batched, ...outers.map(() => false)],
      size,
    )
    const full = result.outputs.map((output, i) =>
      result.batched[i] ? output : broadcastTo(output, [size, ...output.shape]),
    )
    return withLeaves(out, isTensorLike, full) as R
  }
}
