/** hₜ = aₜ · hₜ₋₁ + bₜ over time in three ways that give the same numbers up to rounding. */
import {
  broadcastTo,
  concat,
  expandDims,
  filled,
  indexAxis,
  reshape,
  scan,
  sliceAxis,
  stack,
  type Tensor,
  transpose,
} from '@elman/core'
import type { Algebra } from './algebra.ts'
import { chunkLength, type RecurrenceForm } from './form.ts'

/** A recurrence with its numbers. */
export interface RecurrenceTerms {
  /** aₜ, (time, ...). */
  readonly factors: Tensor
  /** bₜ, (time, ...): as the states. */
  readonly terms: Tensor
  /** h₀, (...). */
  readonly initial: Tensor
}

/**
 * All states h₁ … h_T, (time, ...).
 *
 * - `sequential`: a loop over time.
 * - `scan`: neighbours are joined to pairs, the recurrence of half the length is solved by the same rule, and the
 *   states in between follow (Blelloch 1990): about 2 log₂ T operations over whole sequences, twice the arithmetic.
 * - `chunked`: the sequence is cut into pieces that run side by side, first for what each does to a state, then, once
 *   the states between them are known, for their own: 2 · length + T / length steps, twice the arithmetic.
 *
 * @param chunk steps in a piece; about √T unless given
 */
export function recurrence(
  algebra: Algebra,
  terms: RecurrenceTerms,
  form: RecurrenceForm,
  chunk?: number,
): Tensor {
  const time = terms.terms.shape[0]!
  if (time === 1 || form === 'scan') return pairs(algebra, withInitial(algebra, terms))
  const length = chunk ?? chunkLength(time)
  const cut = form === 'chunked' && algebra.one !== undefined && length > 1 && time >= 2 * length
  return cut ? chunks(algebra, terms, length) : loop(algebra, terms)
}

/** The state after the last step. */
export function lastState(states: Tensor): Tensor {
  return indexAxis(states, 0, -1)
}

/** The states that the steps start from: h₀ … h_{T−1}. */
export function statesBefore(states: Tensor, initial: Tensor): Tensor {
  const first = expandDims(initial, 0)
  return states.shape[0] === 1 ? first : concat([first, sliceAxis(states, 0, 0, -1)], 0)
}

function loop({ act, plus }: Algebra, { factors, terms, initial }: RecurrenceTerms): Tensor {
  const step = (state: Tensor, now: { factor: Tensor; term: Tensor }): [Tensor, Tensor] => {
    const next = plus(act(now.factor, state), now.term)
    return [next, next]
  }
  return scan(step, initial, { factor: factors, term: terms })[1]
}

type Sequence = Pick<RecurrenceTerms, 'factors' | 'terms'>

/** The first term takes the initial state in: what follows starts from nothing. */
function withInitial({ act, plus }: Algebra, { factors, terms, initial }: RecurrenceTerms): Sequence {
  const first = plus(act(sliceAxis(factors, 0, 0, 1), expandDims(initial, 0)), sliceAxis(terms, 0, 0, 1))
  if (terms.shape[0] === 1) return { factors, terms: first }
  return { factors, terms: concat([first, sliceAxis(terms, 0, 1)], 0) }
}

function pairs(algebra: Algebra, { factors, terms }: Sequence): Tensor {
  const time = terms.shape[0]!
  if (time === 1) return terms
  const { compose, act, plus } = algebra
  const half = Math.floor(time / 2)
  const [evenFactors, oddFactors] = halves(factors, half)
  const [evenTerms, oddTerms] = halves(terms, half)
  const odd = pairs(algebra, {
    factors: compose(oddFactors, evenFactors),
    terms: plus(act(oddFactors, evenTerms), oddTerms),
  })
  const first = sliceAxis(evenTerms, 0, 0, 1)
  const follow = (state: Tensor, at: number, limit: number) =>
    plus(act(sliceAxis(evenFactors, 0, at, limit), state), sliceAxis(evenTerms, 0, at, limit))
  const even = half === 1 ? first : concat([first, follow(sliceAxis(odd, 0, 0, -1), 1, half)], 0)
  const woven = reshape(stack([even, odd], 1), [2 * half, ...terms.shape.slice(1)])
  if (time === 2 * half) return woven
  const last = plus(
    act(sliceAxis(factors, 0, time - 1), sliceAxis(odd, 0, -1)),
    sliceAxis(terms, 0, time - 1),
  )
  return concat([woven, last], 0)
}

/** Elements 0, 2, 4 … and 1, 3, 5 … of the first `2 · half`. */
function halves(x: Tensor, half: number): [Tensor, Tensor] {
  const paired = reshape(sliceAxis(x, 0, 0, 2 * half), [half, 2, ...x.shape.slice(1)])
  return [indexAxis(paired, 1, 0), indexAxis(paired, 1, 1)]
}

function chunks(algebra: Algebra, given: RecurrenceTerms, length: number): Tensor {
  const { compose, act, plus } = algebra
  const time = given.terms.shape[0]!
  const count = Math.floor(time / length)
  const whole = count * length
  const sideBySide = (x: Tensor) => {
    const cut = reshape(sliceAxis(x, 0, 0, whole), [count, length, ...x.shape.slice(1)])
    return swapped(cut) // (length, chunks, ...)
  }
  const now = { factor: sideBySide(given.factors), term: sideBySide(given.terms) }
  const constant = (like: Tensor, value: number) => {
    const scalar = like.scope.constant(filled([], value, like.dtype === 'float64' ? 'float64' : 'float32'))
    return broadcastTo(scalar, like.shape.slice(1))
  }
  type Effect = { factor: Tensor; term: Tensor }
  const grow = (so: Effect, { factor, term }: Effect): [Effect, undefined] => {
    return [{ factor: compose(factor, so.factor), term: plus(act(factor, so.term), term) }, undefined]
  }
  const nothing = { factor: constant(now.factor, algebra.one!), term: constant(now.term, algebra.zero) }
  const [effect] = scan(grow, nothing, now)
  const after = loop(algebra, { factors: effect.factor, terms: effect.term, initial: given.initial })
  const states = loop(algebra, {
    factors: now.factor,
    terms: now.term,
    initial: statesBefore(after, given.initial),
  })
  const inOrder = reshape(swapped(states), [whole, ...given.terms.shape.slice(1)])
  if (whole === time) return inOrder
  const rest = loop(algebra, {
    factors: sliceAxis(given.factors, 0, whole),
    terms: sliceAxis(given.terms, 0, whole),
    initial: lastState(after),
  })
  return concat([inOrder, rest], 0)
}

function swapped(x: Tensor): Tensor {
  return transpose(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)])
}
