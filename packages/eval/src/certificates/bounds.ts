/**
 * What a sample says about a rate of errors: exact binomial bounds (Clopper & Pearson 1934) by the regularised
 * incomplete beta function, so that they hold at a million strings as at ten.
 */
import { ElmanError } from '@elman/core'

/** Ends of an interval that covers the rate of errors. */
export interface RateBounds {
  readonly lower: number
  readonly upper: number
}

/**
 * The one-sided upper bound of an error rate: the largest rate at which so few errors still happen with a chance of
 * 1 − confidence. No error in n strings gives 1 − (1 − confidence)^(1/n), about 3/n at 95 %.
 *
 * @throws ElmanError `CERTIFICATE_COUNTS` where there cannot be so many errors.
 */
export function errorUpperBound(errors: number, strings: number, confidence = 0.95): number {
  checkCounts(errors, strings)
  if (errors === strings) return 1
  if (errors === 0) return -Math.expm1(Math.log1p(-confidence) / strings)
  return betaQuantile(confidence, errors + 1, strings - errors)
}

/** The two-sided interval: each end is missed with a chance of (1 − confidence) / 2 at most. Throws as the other. */
export function errorBounds(errors: number, strings: number, confidence = 0.95): RateBounds {
  checkCounts(errors, strings)
  const tail = (1 - confidence) / 2
  return {
    lower: errors === 0 ? 0 : betaQuantile(tail, errors, strings - errors + 1),
    upper: errorUpperBound(errors, strings, 1 - tail),
  }
}

/** Strings without an error that bound the rate: 3 for each 1 / rate at 95 %. */
export function stringsForBound(rate: number, confidence = 0.95): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-rate))
}

function checkCounts(errors: number, strings: number): void {
  const whole = Number.isInteger(errors) && Number.isInteger(strings)
  if (whole && errors >= 0 && strings > 0 && errors <= strings) return
  throw new ElmanError('CERTIFICATE_COUNTS', {
    message: 'a bound needs whole counts of errors and strings',
    expected: '0 ≤ errors ≤ strings, and at least one string',
    found: `${errors} errors in ${strings} strings`,
  })
}

/** The x at which the incomplete beta function has this value; it rises, so halving finds it. */
function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  for (let step = 0; step < 200 && high - low > 1e-16 * high; step++) {
    const middle = (low + high) / 2
    if (incompleteBeta(middle, a, b) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Regularised incomplete beta function Iₓ(a, b), by its continued fraction (DLMF 8.17.22, method of Lentz). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // the fraction converges fast below the mean; above it, the other tail is summed
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  )
  return front / betaFraction(x, a, b)
}

function betaFraction(x: number, a: number, b: number): number {
  const TINY = 1e-300
  let value = 1
  let c = 1
  let d = 0
  for (let step = 1; step < 10_000; step++) {
    const m = step >> 1
    const numerator =
      step % 2 === 1
        ? -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
        : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + numerator * d, TINY)
    c = nonZero(1 + numerator / c, TINY)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return value
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value
}

/** log Γ(x) for x > 0, by Stirling's series from 15 on (an error below 1e-16) and the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0
  let at = x
  while (at < 15) shift += Math.log(at++)
  const square = 1 / (at * at)
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / at
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift
}
