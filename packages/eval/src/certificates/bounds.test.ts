import { expect, test } from 'vitest'
import { errorBounds, errorUpperBound, incompleteBeta, logGamma, stringsForBound } from './bounds.ts'

test('the logarithm of the gamma function is that of factorials, and of the half', () => {
  let factorial = 1
  for (let n = 1; n <= 20; n++) {
    expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12)
    factorial *= n
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13)
  expect(logGamma(1001)).toBeCloseTo(5912.128178488163, 9)
})

test('the incomplete beta function has its known values', () => {
  expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14)
  expect(incompleteBeta(0.5, 2, 3)).toBeCloseTo(0.6875, 14) // 11/16
  expect(incompleteBeta(0.2, 4, 1)).toBeCloseTo(0.2 ** 4, 14)
  expect(incompleteBeta(0.9, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(0.9)), 13)
  for (const [x, a, b] of [
    [0.1, 3, 40],
    [0.01, 10, 1000],
    [0.6, 300, 200],
  ] as const) {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 13)
  }
})

test('the incomplete beta function is a sum of binomial chances', () => {
  // P(X ≥ 3) of 10 tries at 0.2
  expect(incompleteBeta(0.2, 3, 8)).toBeCloseTo(1 - 0.6777995264, 12)
})

test('five of five, none of five and fourteen of fourteen have the bounds of the tables', () => {
  expect(1 - errorUpperBound(0, 5)).toBeCloseTo(0.5493, 4)
  expect(errorUpperBound(0, 5)).toBeCloseTo(0.4507, 4)
  expect(1 - errorUpperBound(0, 14)).toBeCloseTo(0.8074, 4)
  expect(errorBounds(5, 10).lower).toBeCloseTo(0.187086, 6)
  expect(errorBounds(5, 10).upper).toBeCloseTo(0.812914, 6)
  expect(errorBounds(1, 100).lower).toBeCloseTo(0.000253, 6)
  expect(errorBounds(1, 100).upper).toBeCloseTo(0.054459, 6)
})

test('no error in n strings is the rule of three, exactly', () => {
  expect(errorUpperBound(0, 3000)).toBeLessThan(0.001)
  expect(errorUpperBound(0, 3000) * 3000).toBeCloseTo(3, 1)
  expect(stringsForBound(0.001)).toBe(2995)
  expect(stringsForBound(0.0001)).toBe(29_956)
  expect(errorUpperBound(0, 2994)).toBeGreaterThan(0.001)
  expect(errorUpperBound(0, 2995)).toBeLessThanOrEqual(0.001)
})

test('bounds hold at a million strings', () => {
  expect(errorUpperBound(10, 1_000_000)).toBeCloseTo(1.6962e-5, 8)
  expect(errorUpperBound(7, 7)).toBe(1)
})

test('counts that cannot be are refused', () => {
  expect(() => errorUpperBound(3, 2)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CERTIFICATE_COUNTS  a bound needs whole counts of errors and strings
      expected 0 ≤ errors ≤ strings, and at least one string
      found    3 errors in 2 strings]
  `)
  expect(() => errorUpperBound(0, 0)).toThrow('CERTIFICATE_COUNTS')
})
