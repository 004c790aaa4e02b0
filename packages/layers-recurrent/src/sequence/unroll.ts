/** A cell over time. */
import {
  type Cell,
  type CellState,
  cast,
  deepestScope,
  expandDims,
  filled,
  isTensor,
  type LayerContext,
  leavesOf,
  type NdArray,
  type Parameters,
  reshape,
  reverse,
  type Scope,
  scan,
  select,
  type Tensor,
  type Traced,
} from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'
import { prepareCell } from '../dropout/noisy-cell.ts'
import { floatOf } from '../dropout/sequence-dropout.ts'

/** How a sequence is walked. */
export interface UnrollOptions {
  /** From the last step to the first; outputs stay at their places. */
  readonly reverse?: boolean
  /**
   * (time, batch), true or not zero at real steps. At the others the state passes through unchanged and the output
   * is zero, so that a padded row equals the row alone.
   */
  readonly mask?: Tensor
  /** (time, batch), true where a new sequence starts: the state is zero before that step. */
  readonly reset?: Tensor
  /** Whether the cell's dropout draws, and from which key; evaluation unless given. */
  readonly context?: LayerContext
}

/** A sequence's outputs (time, batch, outputSize) and the state after its last step (its first, in reverse). */
export interface UnrollResult<S extends CellState = CellState> {
  readonly outputs: Tensor
  readonly finalState: S
}

/** The zero state of a cell for `batch` rows, as arrays to feed to a compiled function. */
export function initialState<S extends CellState>(
  cell: Cell<Parameters, S>,
  batch: number,
  dtype: FloatType = 'float32',
): { readonly [Part in keyof S]: NdArray } {
  const parts = Object.entries<readonly number[]>(cell.stateShapes)
  return Object.fromEntries(parts.map(([name, shape]) => [name, filled([batch, ...shape], 0, dtype)])) as {
    readonly [Part in keyof S]: NdArray
  }
}

/**
 * Runs a cell over a sequence.
 *
 * @param xs (time, batch, inputSize)
 * @param state the state before the first step; zero when undefined. Pass the last call's final state to carry it on
 */
export function unroll<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  parameters: Traced<P>,
  xs: Tensor,
  state?: S,
  options: UnrollOptions = {},
): UnrollResult<S> {
  const scope = deepestScope([xs, ...tensorsOf(parameters), ...tensorsOf(state ?? {})], 'unroll')
  const [time, batch] = xs.shape as [number, number]
  const context = options.context ?? { mode: 'evaluate' }
  const whole = wholeSequence(cell, parameters, xs, scope, state, options)
  if (whole !== undefined) return whole
  const prepared = prepareCell(cell, parameters, { time, batch, dtype: floatOf(xs), context })
  const zero = zeroState(cell as unknown as Cell<Parameters, S>, xs, scope)
  const perTime = {
    x: inScope(xs, scope),
    noise: prepared.perStep,
    ...(options.mask && { mask: columns(options.mask) }),
    ...(options.reset && { fresh: columns(options.reset) }),
  }
  const step = (carried: S, now: typeof perTime): [S, Tensor] => {
    const before = now.fresh === undefined ? carried : chooseRows(now.fresh, zero, carried)
    const after = prepared.step(before, now.x, now.noise)
    if (now.mask === undefined) return [after.state, after.output]
    return [chooseRows(now.mask, after.state, before), select(now.mask, after.output, 0)]
  }
  const [finalState, outputs] = scan(step, state ?? zero, perTime, { reverse: options.reverse ?? false })
  return { outputs: outputs as Tensor, finalState: finalState as S }
}

/** The sequence at once, by cells that can; dropout inside a cell needs the loop, and such cells have no `sequence`. */
function wholeSequence<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  parameters: Traced<P>,
  xs: Tensor,
  scope: Scope,
  state: S | undefined,
  { reverse: backwards = false, mask, reset }: UnrollOptions,
): UnrollResult<S> | undefined {
  if (cell.sequence === undefined) return undefined
  const turned = (x: Tensor) => (backwards ? reverse(x, 0) : x)
  const marks = { ...(mask && { mask: turned(mask) }), ...(reset && { reset: turned(reset) }) }
  const before = state ?? zeroState(cell as unknown as Cell<Parameters, S>, xs, scope)
  const result = cell.sequence(parameters, before, turned(inScope(xs, scope)), marks)
  return result && { outputs: turned(result.outputs), finalState: result.state }
}

function tensorsOf(tree: unknown): Tensor[] {
  return leavesOf<Tensor>(tree, isTensor)
}

/**
 * The loop belongs to the deepest scope that its weights come from (inside `grad`, that of the parameters), even
 * when sequence and state come from outside: a reshape to the same shape takes the sequence there.
 */
function inScope(xs: Tensor, scope: Scope): Tensor {
  return xs.scope === scope ? xs : scope.emit('reshape', [xs], { shape: xs.shape })[0]!
}

function zeroState<S extends CellState>(cell: Cell<Parameters, S>, xs: Tensor, scope: Scope): S {
  const arrays = Object.entries<NdArray>(initialState(cell, xs.shape[1]!, floatOf(xs)))
  return Object.fromEntries(arrays.map(([name, array]) => [name, scope.constant(array)])) as unknown as S
}

/** (time, batch) of any dtype as bool (time, batch, 1). */
function columns(mask: Tensor): Tensor {
  return expandDims(cast(mask, 'bool'), -1)
}

/** `whenTrue` in the rows where `rows` (batch, 1) holds, else `whenFalse`. */
function chooseRows<S extends CellState>(rows: Tensor, whenTrue: S, whenFalse: S): S {
  const chosen = Object.entries<Tensor>(whenTrue).map(([name, value]) => {
    const condition = reshape(rows, [rows.shape[0]!, ...value.shape.slice(1).map(() => 1)])
    return [name, select(condition, value, whenFalse[name]!)]
  })
  return Object.fromEntries(chosen) as unknown as S
}
