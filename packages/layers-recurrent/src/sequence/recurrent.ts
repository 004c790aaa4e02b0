import type { Cell, CellState, Parameters } from '@elman/core'
import type { SequenceLayer } from './sequence-layer.ts'
import { initialState, unroll } from './unroll.ts'

/** Options of {@link recurrent}. */
export interface RecurrentOptions {
  /** From the last step to the first. */
  readonly reverse?: boolean
}

/** A cell over time as a layer; parameters and state are the cell's. */
export function recurrent<P extends Parameters, S extends CellState>(
  given: Cell<P, S>,
  options: RecurrentOptions = {},
): SequenceLayer {
  const cell = given as unknown as Cell
  const { reverse = false } = options
  return {
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    init: (key, dtype) => cell.init(key, dtype),
    initialState: (batch, dtype) => initialState(cell, batch, dtype),
    apply(parameters, { xs, state, mask, reset }, context) {
      const walk = { reverse, context, ...(mask && { mask }), ...(reset && { reset }) }
      const result = unroll(cell, parameters, xs, state as CellState | undefined, walk)
      return { outputs: result.outputs, state: result.finalState }
    },
  }
}
