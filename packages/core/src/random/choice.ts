import { ElmanError } from '../errors/elman-error.ts'
import { integersBelow, shuffledStart } from './integers.ts'
import type { Key } from './keys.ts'
import { naturalLogarithm } from './normal.ts'
import { uniform } from './uniform.ts'

/** How {@link choice} draws. */
export interface ChoiceOptions {
  /** Whether one index may come twice; default true. */
  readonly replacement?: boolean
  /** Relative weights of the indices, not negative; all alike when absent. */
  readonly weights?: ArrayLike<number>
}

/**
 * `count` indices drawn from 0 .. `population` - 1.
 *
 * With weights and without replacement, indices come in the order of successive draws (Efraimidis and Spirakis 2006).
 *
 * @throws `RANDOM_CHOICE_INVALID` when there are not enough indices to choose from or the weights are no weights.
 */
export function choice(key: Key, count: number, population: number, options: ChoiceOptions = {}): Int32Array {
  const { replacement = true, weights } = options
  const available = weights === undefined ? population : checkWeights(weights, population)
  if (count > 0 && available < (replacement ? 1 : count)) {
    throw invalid('there are not enough indices to choose from', `${replacement ? 1 : count}`, `${available}`)
  }
  if (weights === undefined) {
    return replacement
      ? Int32Array.from(count === 0 ? [] : integersBelow(key, count, population))
      : shuffledStart(key, population, count)
  }
  return replacement ? byWeight(key, count, weights) : successively(key, count, weights)
}

/** Checks the weights and counts those above zero. */
function checkWeights(weights: ArrayLike<number>, population: number): number {
  if (weights.length !== population) {
    throw invalid('each index needs one weight', `${population} weights`, `${weights.length}`)
  }
  let positive = 0
  for (let i = 0; i < population; i++) {
    const weight = weights[i]!
    if (!(weight >= 0 && weight < Infinity))
      throw invalid(`weight ${i} is no weight`, 'a number >= 0', `${weight}`)
    if (weight > 0) positive++
  }
  return positive
}

/** Inverts the running sum of the weights at a uniform number. */
function byWeight(key: Key, count: number, weights: ArrayLike<number>): Int32Array {
  const sums = new Float64Array(weights.length)
  let total = 0
  let last = 0
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!
    sums[i] = total
    if (weights[i]! > 0) last = i
  }
  return Int32Array.from(uniform(key, count, 'float64'), u => Math.min(firstAbove(sums, u * total), last))
}

function firstAbove(sums: Float64Array, value: number): number {
  let low = 0
  let high = sums.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sums[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}

/** Index `i` waits an exponential time of rate `weights[i]`; the first `count` to arrive are chosen. */
function successively(key: Key, count: number, weights: ArrayLike<number>): Int32Array {
  const uniforms = uniform(key, weights.length, 'float64')
  const times = Float64Array.from(uniforms, (u, i) => -naturalLogarithm(u + 2 ** -54) / weights[i]!)
  const order = Array.from(times.keys()).filter(i => weights[i]! > 0)
  return Int32Array.from(order.sort((a, b) => times[a]! - times[b]! || a - b).slice(0, count))
}

function invalid(message: string, expected: string, found: string): ElmanError {
  return new ElmanError('RANDOM_CHOICE_INVALID', { message, expected, found })
}
