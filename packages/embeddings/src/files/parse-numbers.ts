/**
 * Decimal numbers in bytes, as float32: the float32 nearest to the decimal (ties to even), not the float32 nearest to
 * the float64 nearest to it.
 *
 * The fast path takes up to 15 digits as an integer and divides or multiplies by a power of ten that float64 holds
 * exactly, so the float64 is correctly rounded (Clinger 1990). Rounding it once more to float32 goes wrong only if it
 * is the midpoint of two float32 without the decimal being it; such values, and those with more digits or larger
 * exponents, take a slow path: `Number()`, and at midpoints a comparison in integers.
 */

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const SPACE = 0x20

/** Why numbers could not be read. */
export type NumberProblem = 'too-few' | 'not-a-number' | 'left-over'

/** Where reading stopped and why; made once and filled at each failure. */
export interface NumberFailure {
  problem: NumberProblem
  /** Numbers read before. */
  numbers: number
  /** First byte of what was not understood. */
  at: number
}

/** Where the last failed call of {@link parseNumbers} stopped, for the caller that owns it. */
export function numberFailure(): NumberFailure {
  return { problem: 'too-few', numbers: 0, at: 0 }
}

/**
 * Reads exactly `count` numbers, divided by spaces (or by `separator`), from `bytes[begin … end)`.
 *
 * @param target - Gets the numbers from index `at` on. NaN and infinities are numbers too.
 * @returns whether there were so many and nothing else; when not, `failure` says why.
 */
export function parseNumbers(
  bytes: Uint8Array,
  begin: number,
  end: number,
  target: Float32Array,
  at: number,
  count: number,
  failure: NumberFailure,
  separator = SPACE,
): boolean {
  let i = begin
  for (let number = 0; number < count; number++) {
    while (i < end && bytes[i] === separator) i++
    const start = i
    if (i >= end) return fail(failure, 'too-few', number, start)
    let byte = bytes[i]!
    const negative = byte === 0x2d
    if (negative || byte === 0x2b) byte = ++i < end ? bytes[i]! : 0
    let high = 0 // the first nine digits fit an int32
    let digits = 0
    let low = 0
    let scale = 1
    let point = -1
    let exponent = 0
    const first = i
    for (;;) {
      const digit = byte - 0x30
      if (digit >= 0 && digit <= 9) {
        if (digits < 9) {
          high = (Math.imul(high, 10) + digit) | 0
          if (high !== 0) digits++
        } else if (digits < 15) {
          low = (Math.imul(low, 10) + digit) | 0
          scale *= 10
          digits++
        } else digits++
      } else if (byte === 0x2e && point < 0) point = i
      else break
      if (++i >= end) break
      byte = bytes[i]!
    }
    const last = i
    if (i - first === (point < 0 ? 0 : 1) || (i < end && bytes[i] !== separator)) {
      // An exponent, a word such as nan, or no number at all.
      while (i < end && bytes[i] !== separator) i++
      exponent = smallExponent(bytes, last, i)
      if (i - first === 0 || last - first === (point < 0 ? 0 : 1)) exponent = Number.NaN
    }
    if (point >= 0) exponent -= last - point - 1
    let value: number
    if (digits <= 15 && exponent >= -22 && exponent <= 22) {
      const mantissa = high * scale + low
      const wide = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!
      value = Math.fround(wide)
      const rest = wide - value
      const neighbour = value + 2 * rest
      // Only at a midpoint is the point as far on the other side a float32 again.
      if (rest !== 0 && Math.fround(neighbour) === neighbour) value = slowNumber(bytes, first, i)
    } else {
      value = digits > 15 ? longNumber(high * scale + low, exponent + digits - 15) : Number.NaN
      if (Number.isNaN(value)) value = slowNumber(bytes, first, i)
      if (value === -1) return fail(failure, 'not-a-number', number, start)
    }
    target[at + number] = negative ? -value : value
  }
  while (i < end && bytes[i] === separator) i++
  return i === end || fail(failure, 'left-over', count, i)
}

/** Whether `bytes[begin … end)` is one number. */
export function isNumber(bytes: Uint8Array, begin: number, end: number): boolean {
  return parseNumbers(bytes, begin, end, new Float32Array(1), 0, 1, numberFailure())
}

function fail(failure: NumberFailure, problem: NumberProblem, numbers: number, at: number): false {
  failure.problem = problem
  failure.numbers = numbers
  failure.at = at
  return false
}

/** The value of `e-05` and the like, NaN for anything else and for exponents that need the slow path. */
function smallExponent(bytes: Uint8Array, begin: number, end: number): number {
  if ((bytes[begin]! | 0x20) !== 0x65) return Number.NaN
  let i = begin + 1
  const negative = bytes[i] === 0x2d
  if (negative || bytes[i] === 0x2b) i++
  if (i >= end || end - i > 3) return Number.NaN
  let value = 0
  for (; i < end; i++) {
    const digit = bytes[i]! - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return negative ? -value : value
}

/**
 * A number by its first 15 digits, if the others cannot change the float32: it lies between `mantissa` and
 * `mantissa + 1` times 10^exponent. NaN if they can.
 */
function longNumber(mantissa: number, exponent: number): number {
  if (!(exponent >= -22 && exponent <= 22)) return Number.NaN
  const power = POWERS[Math.abs(exponent)]!
  const lowest = exponent < 0 ? mantissa / power : mantissa * power
  const highest = exponent < 0 ? (mantissa + 1) / power : (mantissa + 1) * power
  const value = Math.fround(lowest * (1 - 2 ** -52))
  return Math.fround(highest * (1 + 2 ** -52)) === value ? value : Number.NaN
}

const DECIMAL = /^(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/
/** More digits than any float32 or the midpoint of two has; a longer number is not one that a program wrote. */
const MAXIMUM_DIGITS = 1200

/** The unsigned number in `bytes[begin … end)`, rounded once to float32; −1 when it is none. */
function slowNumber(bytes: Uint8Array, begin: number, end: number): number {
  if (end - begin > MAXIMUM_DIGITS) return -1
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString('latin1')
  const match = DECIMAL.exec(text)
  if (match === null || (match[1] === '' && (match[2] ?? '') === '')) return wordNumber(text)
  const wide = Number(text)
  const value = Math.fround(wide)
  const rest = wide - value
  const neighbour = value + 2 * rest
  if (rest === 0 || Number.isNaN(rest) || Math.fround(neighbour) !== neighbour) return value
  const side = compareToDecimal(wide, match)
  if (side === 0) return value
  const lower = Math.min(value, neighbour)
  return side > 0 ? lower : Math.max(value, neighbour)
}

function wordNumber(text: string): number {
  const word = text.toLowerCase()
  if (word === 'nan') return Number.NaN
  return word === 'inf' || word === 'infinity' ? Number.POSITIVE_INFINITY : -1
}

/** Sign of `wide` − the decimal, exactly. */
function compareToDecimal(wide: number, [, whole = '', fraction = '', power = '0']: RegExpExecArray): number {
  // wide = numerator · 2^−k; the decimal = digits · 10^exponent: compare after multiplying both by 2^k · 10^j.
  let k = 0
  let numerator = wide
  while (!Number.isInteger(numerator)) {
    numerator *= 2
    k++
  }
  const exponent = Number(power) - fraction.length
  let left = BigInt(numerator)
  let right = BigInt(whole + fraction) << BigInt(k)
  if (exponent < 0) left *= 10n ** BigInt(-exponent)
  else right *= 10n ** BigInt(exponent)
  return left === right ? 0 : left > right ? 1 : -1
}
