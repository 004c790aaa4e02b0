/**
 * Standard normal numbers by the inverse of the distribution function: one uniform in, one normal out, so that
 * element `i` depends on its own words alone. Only + - * / and the square root are used, which IEEE 754 rounds
 * alike everywhere; `Math.log` may differ between JavaScript engines and is not.
 */

import type { DTypeStorage } from '../tensor/dtype.ts'
import { checkDraw, randomBits } from './bits.ts'
import type { Key } from './keys.ts'
import { BATCH } from './uniform.ts'

/**
 * Numbers from the normal distribution of mean 0 and variance 1.
 *
 * float32: element `i` comes from word `i`, so it lies within ±6.3. float64: from the top 26 bits of words `2i`
 * and `2i + 1`, within ±8.2.
 *
 * @param into - Filled instead of a new array; its length must be `size`.
 * @param offset - Index of the first element in the stream of the key.
 * @throws `RANDOM_COUNT_INVALID`, `RANDOM_STREAM_EXHAUSTED`, `RANDOM_INTO_LENGTH`.
 */
export function normal<D extends 'float32' | 'float64' = 'float32'>(
  key: Key,
  size: number,
  dtype?: D,
  into?: DTypeStorage[D],
  offset?: number,
): DTypeStorage[D]
export function normal(
  key: Key,
  size: number,
  dtype: 'float32' | 'float64' = 'float32',
  into?: Float32Array | Float64Array,
  offset = 0,
): Float32Array | Float64Array {
  const perElement = dtype === 'float32' ? 1 : 2
  checkDraw(size, offset, into, perElement)
  const out = into ?? (dtype === 'float32' ? new Float32Array(size) : new Float64Array(size))
  for (let start = 0; start < size; start += BATCH) {
    const end = Math.min(start + BATCH, size)
    const words = randomBits(key, perElement * (end - start), perElement * (offset + start))
    for (let i = start; i < end; i++) {
      const at = perElement * (i - start)
      out[i] = inverseNormal(perElement === 1 ? open32(words[at]!) : open52(words[at]!, words[at + 1]!))
    }
  }
  return out
}

/** The middle of one of 2^32 cells of (0, 1). */
function open32(word: number): number {
  return ((word >>> 0) + 0.5) * 2 ** -32
}

/** The middle of one of 2^52 cells of (0, 1); half a cell more would not fit a float64. */
function open52(high: number, low: number): number {
  return ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -52
}

/**
 * The x below which a standard normal number falls with the given probability in (0, 1).
 *
 * Relative error about 1e-16. Source: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
 */
export function inverseNormal(probability: number): number {
  const q = probability - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE_ABOVE, r)) / polynomial(CENTRE_BELOW, r)
  }
  const tail = Math.sqrt(-naturalLogarithm(q < 0 ? probability : 1 - probability))
  const x =
    tail <= 5
      ? polynomial(NEAR_ABOVE, tail - 1.6) / polynomial(NEAR_BELOW, tail - 1.6)
      : polynomial(FAR_ABOVE, tail - 5) / polynomial(FAR_BELOW, tail - 5)
  return q < 0 ? -x : x
}

/** Coefficients from the constant upwards, by Horner. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (let power = coefficients.length - 1; power >= 0; power--) value = value * x + coefficients[power]!
  return value
}

/**
 * The natural logarithm of a number in (2^-64, 1), with the same bits on every engine.
 *
 * x = m 2^e with m in [1/sqrt 2, sqrt 2); log m = 2 artanh s with s = (m - 1)/(m + 1), |s| < 0.172, by its series.
 */
export function naturalLogarithm(x: number): number {
  let mantissa = x
  let exponent = 0
  for (let step = 32; step >= 1; step /= 2) {
    if (mantissa >= 2 ** -step) continue
    mantissa *= 2 ** step
    exponent -= step
  }
  if (mantissa < Math.SQRT1_2) {
    mantissa *= 2
    exponent -= 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const square = s * s
  let series = 0
  for (let power = 21; power >= 3; power -= 2) series = (series + 1 / power) * square
  return exponent * Math.LN2 + 2 * (s + s * series)
}

const CENTRE_ABOVE = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const CENTRE_BELOW = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
]
const NEAR_ABOVE = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const NEAR_BELOW = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
]
const FAR_ABOVE = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
]
const FAR_BELOW = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
]
