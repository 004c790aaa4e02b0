/** Element-wise linear recurrences with padding and document starts. */
import {
  add,
  cast,
  cumulativeSum,
  exp,
  filled,
  mul,
  reshape,
  type SequenceMarks,
  select,
  sizeOf,
  type Tensor,
} from '@elman/core'
import { linearAlgebra, logAlgebra, NOTHING } from './algebra.ts'
import { elementForm, type FormOptions } from './form.ts'
import { lastState, recurrence } from './recurrence.ts'

/** hₜ = decayₜ ⊙ hₜ₋₁ + inputₜ. */
export interface ElementRecurrence extends SequenceMarks {
  /** (time, batch, ...), or with extents 1 that broadcast to the input's. */
  readonly decay: Tensor
  /** (time, batch, ...). */
  readonly input: Tensor
  /** State before the first step, (batch, ...); zero unless given. */
  readonly initial?: Tensor | undefined
}

/** States of a recurrence. */
export interface RecurrenceStates {
  /** After each step, (time, batch, ...). */
  readonly states: Tensor
  /** After the last, to carry into the next window. */
  readonly final: Tensor
}

/**
 * The element-wise linear recurrence hₜ = decayₜ ⊙ hₜ₋₁ + inputₜ. Any decay is safe, 0 and negative ones included:
 * no form divides by a decay or takes its logarithm.
 */
export function elementRecurrence(given: ElementRecurrence, options: FormOptions = {}): RecurrenceStates {
  const { input, mask, reset } = given
  let decay = given.decay
  let term = input
  if (mask !== undefined) {
    const real = markOf(mask, input.shape.length)
    decay = select(real, decay, 1)
    term = select(real, input, 0)
  }
  if (reset !== undefined) decay = select(markOf(reset, input.shape.length), 0, decay)
  const form = elementForm(input.shape[0]!, sizeOf(input.shape.slice(1)), options.form)
  const initial = given.initial ?? zeros(input)
  const states = recurrence(linearAlgebra, { factors: decay, terms: term, initial }, form, options.chunk)
  return { states, final: lastState(states) }
}

/** hₜ = exp(logDecayₜ) ⊙ hₜ₋₁ + exp(logInputₜ). */
export interface LogRecurrence extends SequenceMarks {
  /** (time, batch, ...), finite: −1e30 is a decay of 0. */
  readonly logDecay: Tensor
  /** (time, batch, ...), finite: −1e30 is an input of 0. */
  readonly logInput: Tensor
  /** The state itself, not its logarithm, before the first step, (batch, ...); zero unless given. May be negative. */
  readonly initial?: Tensor | undefined
}

/**
 * The same recurrence from logarithms, for positive inputs: sums are kept as logarithms, so that inputs beyond the
 * range of the dtype still meet decays that bring them back (Feng et al. 2024, appendix B). The initial state enters
 * by linearity, multiplied by all decays so far.
 */
export function logRecurrence(given: LogRecurrence, options: FormOptions = {}): RecurrenceStates {
  const { mask, reset, initial } = given
  let { logDecay, logInput } = given
  const rank = logInput.shape.length
  if (mask !== undefined) {
    const real = markOf(mask, rank)
    logDecay = select(real, logDecay, 0)
    logInput = select(real, logInput, NOTHING)
  }
  if (reset !== undefined) logDecay = select(markOf(reset, rank), NOTHING, logDecay)
  const form = elementForm(logInput.shape[0]!, sizeOf(logInput.shape.slice(1)), options.form)
  const nothing = zeros(logInput, NOTHING)
  const terms = { factors: logDecay, terms: logInput, initial: nothing }
  const own = exp(recurrence(logAlgebra, terms, form, options.chunk))
  const states = initial === undefined ? own : add(own, mul(exp(cumulativeSum(logDecay, 0)), initial))
  return { states, final: lastState(states) }
}

/** (time, batch) of any dtype as bool (time, batch, 1, ...). */
export function markOf(mark: Tensor, rank: number): Tensor {
  return reshape(cast(mark, 'bool'), [...mark.shape, ...Array.from({ length: rank - 2 }, () => 1)])
}

/** `value` in the shape of one step of a sequence. */
function zeros(like: Tensor, value = 0): Tensor {
  const dtype = like.dtype === 'float64' ? 'float64' : 'float32'
  return like.scope.constant(filled(like.shape.slice(1), value, dtype))
}
