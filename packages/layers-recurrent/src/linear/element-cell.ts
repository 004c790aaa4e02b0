/** Cells whose state is a vector that follows hₜ = aₜ ⊙ hₜ₋₁ + bₜ, with a and b from the input alone. */
import {
  add,
  type Cell,
  type Key,
  mul,
  type NdArray,
  type Parameters,
  select,
  type Tensor,
  type Traced,
} from '@elman/core'
import type { ElmanState } from '../cells/elman.ts'
import type { FloatType } from '../cells/initial-values.ts'
import { elementRecurrence, logRecurrence, markOf } from './element-recurrence.ts'
import type { FormOptions } from './form.ts'

/** input (input, gates · hidden), bias (gates · hidden). */
export type GateParameters = { input: NdArray; bias: NdArray }

/** a and b of steps with any leading axes, (..., hidden). */
export interface Coefficients {
  readonly decay: Tensor
  readonly input: Tensor
}

/** Logarithms of a and b. */
export interface LogCoefficients {
  readonly logDecay: Tensor
  readonly logInput: Tensor
}

/** What tells one such cell from another. */
export interface ElementEquations<P extends Parameters> extends FormOptions {
  readonly inputSize: number
  readonly hidden: number
  init(key: Key, dtype: FloatType): P
  /** From x (..., input). */
  coefficients(parameters: Traced<P>, x: Tensor): Coefficients
  /** The same as logarithms; where it is there, sequences are computed from it. */
  logarithms?: ((parameters: Traced<P>, x: Tensor) => LogCoefficients) | undefined
}

/** Makes the cell. State and output: h (batch, hidden). */
export function elementCell<P extends Parameters>(equations: ElementEquations<P>): Cell<P, ElmanState> {
  const { inputSize, hidden, logarithms } = equations
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden] },
    init: (key, dtype = 'float32') => equations.init(key, dtype),
    step(parameters, { h }, x) {
      const { decay, input } = equations.coefficients(parameters, x)
      const next = add(mul(decay, h), input)
      return { state: { h: next }, output: next }
    },
    sequence(parameters, { h }, xs, marks) {
      const { states, final } =
        logarithms === undefined
          ? elementRecurrence({ ...equations.coefficients(parameters, xs), ...marks, initial: h }, equations)
          : logRecurrence({ ...logarithms(parameters, xs), ...marks, initial: h }, equations)
      const outputs = marks.mask === undefined ? states : select(markOf(marks.mask, 3), states, 0)
      return { state: { h: final }, outputs }
    },
  }
}
