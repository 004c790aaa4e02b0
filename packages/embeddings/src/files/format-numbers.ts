/** Float32 numbers as decimals, written straight into bytes. */

/** How numbers are printed: the fewest digits that give the same float32 again, C's `%.6f`, or C's `%.5g`. */
export type NumberStyle = 'exact' | 'six-decimals' | 'five-digits'

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
/** More bytes than any number of any style takes. */
export const MAXIMUM_NUMBER_BYTES = 56

/** Writes one number at `at`; gives the index behind it. */
export type NumberWriter = (value: number, target: Buffer, at: number) => number

/** The writer of a style. */
export function numberWriter(style: NumberStyle): NumberWriter {
  return { exact: writeExact, 'six-decimals': writeSixDecimals, 'five-digits': writeFiveDigits }[style]
}

/** The fewest significant digits (up to nine) that read back as the same float32. */
function writeExact(value: number, target: Buffer, at: number): number {
  const size = Math.abs(value)
  if (!(size >= 1e-6 && size < 1e7)) return writeText(exactText(value), target, at)
  // Digits before the point, negative for leading zeros behind it; the logarithm may be one off, which costs a digit.
  const whole = Math.floor(Math.log10(size)) + 1
  for (let digits = 6; digits <= 10; digits++) {
    const decimals = digits - whole
    if (decimals < 0 || decimals > 22) continue
    const scaled = Math.round(size * POWERS[decimals]!)
    if (Math.fround(scaled / POWERS[decimals]!) === size && roundsSafely(scaled / POWERS[decimals]!, size))
      return writeFixed(value < 0, scaled, decimals, true, target, at)
  }
  return writeText(exactText(value), target, at)
}

/** Whether a decimal this near to `wide` rounds to `value`, however it is rounded on the way. */
function roundsSafely(wide: number, value: number): boolean {
  const neighbour = value + 2 * (wide - value)
  return wide === value || Math.fround(neighbour) !== neighbour
}

function exactText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  for (let digits = 6; digits <= 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value && roundsSafely(Number(text), value)) return String(Number(text))
  }
  return String(value)
}

/** `%.6f`: six decimals, exact ties to even. A float32 times 10^6 has at most 44 bits, so the product is exact. */
function writeSixDecimals(value: number, target: Buffer, at: number): number {
  const size = Math.abs(value)
  if (!(size < 9e9)) return writeText(wideText(value), target, at)
  return writeFixed(value < 0 || Object.is(value, -0), halfEven(size * 1e6), 6, false, target, at)
}

function wideText(value: number): string {
  if (!Number.isFinite(value)) return exactText(value)
  return `${BigInt(value)}.000000` // a float32 this large is whole
}

/** `%.5g`: five significant digits, exact ties to even, no zeros at the end, exponent below 10^−4 and from 10^5 on. */
function writeFiveDigits(value: number, target: Buffer, at: number): number {
  const size = Math.abs(value)
  if (!(size >= 1e-4 && size < 99_999)) return writeText(fiveDigitsText(value), target, at)
  const whole =
    size >= 1
      ? size >= 100
        ? size >= 1e4
          ? 5
          : size >= 1e3
            ? 4
            : 3
        : size >= 10
          ? 2
          : 1
      : smallWhole(size)
  const decimals = 5 - whole
  // 24 bits times at most 10^8: exact in float64.
  return writeFixed(value < 0, halfEven(size * POWERS[decimals]!), decimals, true, target, at)
}

function smallWhole(size: number): number {
  return size >= 0.1 ? 0 : size >= 0.01 ? -1 : size >= 0.001 ? -2 : -3
}

function fiveDigitsText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return exactText(value)
  let text = value.toExponential(4)
  const longer = value.toExponential(5)
  if (Number(longer) === value && /5e/.test(longer)) {
    // An exact tie: JavaScript takes the larger, C the even one.
    const lower = Number(longer.replace(/5e/, '0e'))
    const even = lower.toExponential(4)
    if (/[02468]e/.test(even)) text = even
  }
  const [digits = '', exponent = ''] = text.split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 5) return String(Number(text))
  const short = digits.replace(/\.?0+$/, '')
  return `${short}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function halfEven(exact: number): number {
  const floor = Math.floor(exact)
  const rest = exact - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** `digits` / 10^`decimals` with a point, and without zeros at the end if `short`. */
function writeFixed(
  negative: boolean,
  digits: number,
  decimals: number,
  short: boolean,
  target: Buffer,
  at: number,
): number {
  let rest = digits
  let places = decimals
  while (short && places > 0 && rest % 10 === 0) {
    rest /= 10
    places--
  }
  let i = at
  if (negative) target[i++] = 0x2d
  let length = places + 1
  for (let power = length; power < 17 && rest >= POWERS[power]!; power++) length++
  const end = i + length + (places > 0 ? 1 : 0)
  let j = end
  for (let place = 0; place < length; place++) {
    if (place === places && places > 0) target[--j] = 0x2e
    const tenth = Math.floor(rest / 10)
    target[--j] = 0x30 + (rest - tenth * 10)
    rest = tenth
  }
  return end
}

function writeText(text: string, target: Buffer, at: number): number {
  return at + target.write(text, at, 'latin1')
}
