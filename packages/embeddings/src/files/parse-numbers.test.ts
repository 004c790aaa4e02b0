import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberFailure, parseNumbers } from './parse-numbers.ts'

function parse(text: string): number | undefined {
  const target = new Float32Array(1)
  const bytes = Buffer.from(text)
  return parseNumbers(bytes, 0, bytes.length, target, 0, 1, numberFailure()) ? target[0] : undefined
}

/** The float32 nearest to a decimal, by exact arithmetic. */
function nearest(text: string): number {
  const value = Math.fround(Number(text))
  const bits = new DataView(new ArrayBuffer(4))
  let best = value
  for (const step of [-1, 0, 1]) {
    bits.setFloat32(0, value)
    bits.setInt32(0, bits.getInt32(0) + step)
    const other = bits.getFloat32(0)
    if (!Number.isFinite(other)) continue
    if (compareDistance(text, other, best) < 0) best = other
  }
  return best
}

function compareDistance(text: string, a: number, b: number): number {
  const decimal = rational(text)
  const distance = (x: number) => {
    const [n, d] = rational(x.toExponential(60))
    const left = n * decimal[1] - decimal[0] * d
    return [left < 0n ? -left : left, d] as const
  }
  const [da, na] = distance(a)
  const [db, nb] = distance(b)
  const [left, right] = [da * nb, db * na]
  if (left !== right) return left < right ? -1 : 1
  const odd = (x: number) => {
    const bits = new DataView(new ArrayBuffer(4))
    bits.setFloat32(0, x)
    return bits.getInt32(0) & 1
  }
  return odd(a) - odd(b)
}

function rational(text: string): [bigint, bigint] {
  const [, sign, whole = '', fraction = '', power = '0'] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text)!
  const exponent = Number(power) - fraction.length
  const digits = BigInt(`${sign}${whole}${fraction}` || '0')
  return exponent < 0 ? [digits, 10n ** BigInt(-exponent)] : [digits * 10n ** BigInt(exponent), 1n]
}

test('numbers of any usual form are read', () => {
  const cases: [string, number][] = [
    ['0', 0],
    ['-0', -0],
    ['1', 1],
    ['+1.5', 1.5],
    ['-0.25', -0.25],
    ['.5', 0.5],
    ['5.', 5],
    ['1e5', 1e5],
    ['1E-05', 1e-5],
    ['-1.5e+3', -1500],
    ['00012.50', 12.5],
    ['123456789012345678901234567890', 1.2345679e29],
    ['0.00000000000000000000000000000000001', 1e-35],
    ['1e-60', 0],
    ['nan', Number.NaN],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['1e400', Infinity],
    ['1e39', Infinity],
    ['3.4028235e38', 3.4028234663852886e38],
    ['1.401298464324817e-45', 1.401298464324817e-45],
  ]
  for (const [text, value] of cases) expect(parse(text), text).toBe(Math.fround(value))
})

test('what is no number is refused', () => {
  for (const text of [
    '',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    '1e+',
    '1.2.3',
    '1,5',
    '0x10',
    '1_000',
    '--1',
    'nano',
    'in',
    '1e5x',
    '٣',
    '-.e1',
    '1e5.0',
  ])
    expect(parse(text), text).toBeUndefined()
})

test('a decimal just beside the midpoint of two float32 is rounded to its own side, where float64 would lose it', () => {
  // 1 + 2^-24 is the midpoint of 1 and 1 + 2^-23; float64 cannot tell these three apart.
  expect(parse('1.00000005960464477539062500000')).toBe(1)
  expect(parse('1.00000005960464477539062500001')).toBe(1 + 2 ** -23)
  expect(parse('1.00000005960464477539062499999')).toBe(1)
  expect(parse('1.000000178813934326171875')).toBe(1 + 2 ** -22)
  expect(parse('16777217')).toBe(16777216)
  expect(parse('16777219')).toBe(16777220)
})

test('every decimal becomes the float32 nearest to it', () => {
  const digits = fc.tuple(
    fc.bigInt(1n, 10n ** 25n),
    fc.integer({ min: -45, max: 13 }),
    fc.integer({ min: 1, max: 25 }),
  )
  fc.assert(
    fc.property(digits, ([mantissa, exponent, length]) => {
      const text = `${mantissa.toString().slice(0, length)}e${exponent}`
      expect(parse(text)).toBe(nearest(text))
    }),
    { numRuns: 2000, seed: 5 },
  )
})

test('midpoints of neighbouring float32, exact and nudged, round as they should', () => {
  const bits = new DataView(new ArrayBuffer(4))
  fc.assert(
    fc.property(
      fc.integer({ min: 0x2f000000, max: 0x4f000000 }),
      fc.integer({ min: -1, max: 1 }),
      (pattern, nudge) => {
        bits.setInt32(0, pattern)
        const low = bits.getFloat32(0)
        bits.setInt32(0, pattern + 1)
        const middle = (low + bits.getFloat32(0)) / 2
        const [mantissa = '', power = ''] = middle.toExponential(60).split('e')
        const whole = BigInt(mantissa.replace('.', '')) + BigInt(nudge)
        const text = `${whole}e${Number(power) - 60}`
        expect(parse(text)).toBe(nearest(text))
      },
    ),
    { numRuns: 1000, seed: 6 },
  )
})
