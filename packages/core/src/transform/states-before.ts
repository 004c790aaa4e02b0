import type { Tensor } from '../ir/scope.ts'
import { concat, expandDims, sliceAxis } from '../ops/shape.ts'

/** State before each step, stacked: the initial state followed by all but the last state after. */
export function statesBefore(initial: Tensor, after: Tensor, length: number, reverse: boolean): Tensor {
  const first = expandDims(initial, 0)
  if (length === 1) return first
  return reverse
    ? concat([sliceAxis(after, 0, 1), first])
    : concat([first, sliceAxis(after, 0, 0, length - 1)])
}
