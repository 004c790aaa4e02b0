/**
 * What "times" and "plus" mean in hₜ = aₜ · hₜ₋₁ + bₜ. A recurrence of this shape can be cut anywhere and joined
 * again, whatever the two mean, as long as both are associative and times distributes over plus.
 */
import { add, exp, log, matmul, maximum, mul, stopGradient, sub, type Tensor } from '@elman/core'

/** The two operations of a recurrence. Operands keep their leading axes; times and plus broadcast. */
export interface Algebra {
  /** a₂ · a₁: the factor that stands for two steps. */
  readonly compose: (later: Tensor, earlier: Tensor) => Tensor
  /** a · h. */
  readonly act: (factor: Tensor, state: Tensor) => Tensor
  /** h + b. */
  readonly plus: (a: Tensor, b: Tensor) => Tensor
  /** Factor that changes nothing; undefined where no one number is it (matrices). */
  readonly one?: number
  /** State that adds nothing. */
  readonly zero: number
}

/** Stands for −∞ where a sum of two must not become NaN; its exponential is 0. */
export const NOTHING = -1e30

/** Ordinary numbers, element by element. */
export const linearAlgebra: Algebra = { compose: mul, act: mul, plus: add, one: 1, zero: 0 }

/** Ordinary matrices: factors (..., n, n), states (..., n, m). */
export const matrixAlgebra: Algebra = { compose: matmul, act: matmul, plus: add, zero: 0 }

/** Logarithms of positive numbers: no factor and no state can underflow or overflow. */
export const logAlgebra: Algebra = { compose: add, act: add, plus: logAddExp, one: 0, zero: NOTHING }

/** Running maximum with decay, hₜ = max(aₜ + hₜ₋₁, bₜ): the stabiliser of exponential gates. */
export const maxPlusAlgebra: Algebra = { compose: add, act: add, plus: maximum, one: 0, zero: NOTHING }

/** ln(eᵃ + eᵇ), without overflow. */
export function logAddExp(a: Tensor, b: Tensor): Tensor {
  const peak = stopGradient(maximum(a, b))
  return add(peak, log(add(exp(sub(a, peak)), exp(sub(b, peak)))))
}
