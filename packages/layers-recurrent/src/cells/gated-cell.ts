/**
 * Cells of this package tell where their products and their candidate are, so that dropout from the literature
 * can act inside a step without the cell knowing any dropout.
 */
import { type Cell, type CellState, matmul, type Parameters, type Tensor, type Traced } from '@elman/core'

/** What a step makes: the next state and the output (batch, outputSize). */
export interface StepResult<S extends CellState = CellState> {
  readonly state: S
  readonly output: Tensor
}

/** Ways into the equations of one step. {@link NO_NOISE} leaves them as they are. */
export interface StepNoise {
  /** x · weight. The columns of `weight` belong to these gates (numbers), side by side; to all unless given. */
  input(x: Tensor, weight: Tensor, gates?: readonly number[]): Tensor
  /** h · weight, likewise. */
  recurrent(h: Tensor, weight: Tensor, gates?: readonly number[]): Tensor
  /** The candidate that is about to be added to the memory, (batch, hidden). */
  candidate(candidate: Tensor): Tensor
}

/** The equations as they stand in the paper. */
export const NO_NOISE: StepNoise = {
  input: (x, weight) => matmul(x, weight),
  recurrent: (h, weight) => matmul(h, weight),
  candidate: candidate => candidate,
}

/** A cell whose step takes noise. */
export interface GatedCell<P extends Parameters = Parameters, S extends CellState = CellState>
  extends Cell<P, S> {
  /** Letters of the gates, in the order of the weights' columns. */
  readonly gates: readonly string[]
  /** Whether a candidate is added to a memory (LSTM, GRU); an Elman cell has none. */
  readonly hasCandidate: boolean
  /** One step, as {@link Cell.step}; `noise` defaults to {@link NO_NOISE}. */
  step(parameters: Traced<P>, state: S, x: Tensor, noise?: StepNoise): StepResult<S>
}

/** Whether dropout can act inside a cell's step. */
export function isGatedCell<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
): cell is GatedCell<P, S> {
  return Array.isArray((cell as Partial<GatedCell>).gates)
}
