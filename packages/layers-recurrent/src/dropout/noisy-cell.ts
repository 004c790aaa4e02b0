/**
 * Cells with random choices. Their masks are drawn before the loop over time starts: `prepare` makes them once for
 * a pass, and the step closes over them or takes its row of them.
 */
import {
  type Cell,
  type CellState,
  ElmanError,
  type LayerContext,
  type Parameters,
  type Tensor,
  type Traced,
} from '@elman/core'
import {
  type GatedCell,
  isGatedCell,
  NO_NOISE,
  type StepNoise,
  type StepResult,
} from '../cells/gated-cell.ts'
import type { FloatType } from '../cells/initial-values.ts'

/** What is known before the loop: sizes, and whether and from which key to draw. */
export interface SequencePass {
  readonly time: number
  readonly batch: number
  readonly dtype: FloatType
  readonly context: LayerContext
}

/** A cell made ready for one pass over a sequence. */
export interface PreparedStep<S extends CellState = CellState> {
  /** Tensors (time, ...); each step is given its element of each. */
  readonly perStep: readonly Tensor[]
  /** One step of the cell under the noise prepared for it. */
  step(state: S, x: Tensor, perStep: readonly Tensor[], noise?: StepNoise): StepResult<S>
}

/** A cell whose pass over a sequence is more than its step: `step` alone is what it does in evaluation. */
export interface NoisyCell<P extends Parameters = Parameters, S extends CellState = CellState>
  extends Cell<P, S> {
  /** Draws what the pass needs. */
  prepare(parameters: Traced<P>, pass: SequencePass): PreparedStep<S>
}

/** Makes any cell ready for a pass; an ordinary one has nothing to draw. */
export function prepareCell<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  parameters: Traced<P>,
  pass: SequencePass,
): PreparedStep<S> {
  if (isNoisyCell(cell)) return cell.prepare(parameters, pass)
  if (isGatedCell(cell)) {
    return { perStep: [], step: (state, x, _, noise) => cell.step(parameters, state, x, noise) }
  }
  return { perStep: [], step: (state, x) => cell.step(parameters, state, x) }
}

function isNoisyCell<P extends Parameters, S extends CellState>(cell: Cell<P, S>): cell is NoisyCell<P, S> {
  return typeof (cell as Partial<NoisyCell>).prepare === 'function'
}

/** What a wrapper changes of a cell. */
export interface CellChange<P extends Parameters, S extends CellState> {
  /** Makes a pass in training. In evaluation the inner cell is prepared instead, unless `evaluateStep` is there. */
  train(parameters: Traced<P>, pass: SequencePass): PreparedStep<S>
  /** What a step does in evaluation, given the inner cell's result; the result itself unless given. */
  evaluateStep?(before: S, result: StepResult<S>): StepResult<S>
}

/** A cell with some of its behaviour changed; sizes, parameters and gates stay. */
export function changeCell<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  change: CellChange<P, S>,
): NoisyCell<P, S> {
  const evaluated = (before: S, result: StepResult<S>) => change.evaluateStep?.(before, result) ?? result
  const innerStep = cell.step.bind(cell) as GatedCell<P, S>['step']
  const gates = isGatedCell(cell) ? { gates: cell.gates, hasCandidate: cell.hasCandidate } : {}
  const weights = cell.recurrentWeights === undefined ? {} : { recurrentWeights: cell.recurrentWeights }
  return {
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    stateShapes: cell.stateShapes,
    ...weights,
    ...gates,
    init: (key, dtype) => cell.init(key, dtype),
    step(parameters: Traced<P>, state: S, x: Tensor, noise?: StepNoise) {
      return evaluated(state, innerStep(parameters, state, x, noise))
    },
    prepare(parameters, pass) {
      if (pass.context.mode === 'train') return change.train(parameters, pass)
      const inner = prepareCell(cell, parameters, pass)
      return {
        perStep: inner.perStep,
        step: (state, x, perStep, noise) => evaluated(state, inner.step(state, x, perStep, noise)),
      }
    },
  } as NoisyCell<P, S>
}

/**
 * Refuses cells whose step takes no noise.
 *
 * @throws `CELL_TAKES_NO_NOISE`
 */
export function checkGated(cell: Cell, name: string): readonly string[] {
  if (isGatedCell(cell)) return cell.gates
  throw new ElmanError('CELL_TAKES_NO_NOISE', {
    message: `"${name}" acts inside a cell's step, and this cell's step takes no noise`,
    expected: 'a cell with "gates", whose step takes a fourth argument (GatedCell)',
    hint: 'zoneout, weightDrop and the dropouts on sequences work with any cell',
  })
}

/**
 * The noise of two wrappers together.
 *
 * @throws `DROPOUT_TWICE` when both act at the same place
 */
export function joinNoise(outer: StepNoise | undefined, own: StepNoise): StepNoise {
  if (outer === undefined) return own
  const pick = <Place extends keyof StepNoise>(place: Place): StepNoise[Place] => {
    if (outer[place] === NO_NOISE[place]) return own[place]
    if (own[place] === NO_NOISE[place]) return outer[place]
    throw new ElmanError('DROPOUT_TWICE', {
      message: `two dropouts of one cell act at the same place: ${place}`,
      hint: 'wrap the cell once, with the rate you mean',
    })
  }
  return { input: pick('input'), recurrent: pick('recurrent'), candidate: pick('candidate') }
}
