import { ElmanError } from '../errors/elman-error.ts'
import type { Graph } from '../ir/graph.ts'
import { deepestScope, isTensorLike, lift, Scope, type Tensor, type TensorLike } from '../ir/scope.ts'
import { leavesOf, withLeaves } from './tree.ts'

/** Direction and length of a loop. */
export interface ScanOptions {
  /** From the last step to the first; outputs keep the order of the inputs. */
  readonly reverse?: boolean
  /** Number of steps; needed only when there are no sequences. */
  readonly length?: number
}

/**
 * A loop over time as one differentiable operation. `step(state, x)` returns `[next state, output]`; it sees the
 * slices x[t] of every sequence in `xs` (records and lists of tensors (time, ...)), and may use tensors from
 * outside. Returns `[last state, outputs stacked over time]`.
 *
 * @throws `SCAN_LENGTH` when the sequences' first extents differ; `SCAN_STATE_CHANGES` when a step changes the
 *   shape or dtype of the state.
 */
export function scan<State, X, Y>(
  step: (state: State, x: X) => readonly [State, Y],
  initial: State,
  xs: X,
  options: ScanOptions = {},
): [State, Y] {
  const state = leavesOf<TensorLike>(initial, isTensorLike)
  const sequences = leavesOf<TensorLike>(xs ?? [], isTensorLike)
  const scope = deepestScope([...state, ...sequences], 'scan')
  const initialTensors = state.map(leaf => lift(scope, leaf, 'float32'))
  const sequenceTensors = sequences.map(leaf => lift(scope, leaf, 'float32'))
  const length = lengthOf(sequenceTensors, options.length)
  const body = new Scope(scope.primitives, scope)
  const bodyState = initialTensors.map(tensor => body.input(tensor))
  const bodyX = sequenceTensors.map(tensor =>
    body.input({ dtype: tensor.dtype, shape: tensor.shape.slice(1) }),
  )
  const [next, output] = step(
    withLeaves(initial, isTensorLike, bodyState) as State,
    (xs === undefined ? undefined : withLeaves(xs, isTensorLike, bodyX)) as X,
  )
  const nextState = leavesOf<TensorLike>(next, isTensorLike)
  if (nextState.length !== state.length) {
    throw new ElmanError('SCAN_STATE_CHANGES', {
      message: 'a scan step returned another number of states than it was given',
      expected: `${state.length}`,
      found: `${nextState.length}`,
    })
  }
  const outputs = leavesOf<TensorLike>(output ?? [], isTensorLike)
  const results = [...nextState, ...outputs].map(leaf => lift(body, leaf, 'float32'))
  const traced = body.finish(results)
  const own = [...bodyState, ...bodyX].map(tensor => tensor.value)
  const captures = [...body.captures.values()].filter(({ inner }) => traced.inputs.includes(inner))
  const graph: Graph = {
    inputs: [...captures.map(({ inner }) => inner), ...own],
    nodes: traced.nodes,
    outputs: traced.outputs,
  }
  const all = (body.parent ?? scope).emit(
    'scan',
    [...captures.map(({ outer }) => outer), ...initialTensors, ...sequenceTensors],
    {
      body: graph,
      constants: captures.length,
      carried: state.length,
      length,
      reverse: options.reverse ?? false,
    },
  )
  const stacked = all.slice(state.length)
  return [
    withLeaves(initial, isTensorLike, all.slice(0, state.length)) as State,
    (output === undefined ? undefined : withLeaves(output, isTensorLike, stacked)) as Y,
  ]
}

function lengthOf(sequences: readonly Tensor[], given: number | undefined): number {
  const lengths = new Set(sequences.map(tensor => tensor.shape[0]))
  if (given !== undefined) lengths.add(given)
  const [length] = lengths
  if (lengths.size === 1 && length !== undefined && length > 0) return length
  throw new ElmanError('SCAN_LENGTH', {
    message: 'the sequences of a scan must agree on a number of steps above 0',
    found: lengths.size === 0 ? 'no sequence and no length' : [...lengths].join(' and '),
    hint: 'the first axis of every sequence is time; give `length` when there is no sequence',
  })
}
