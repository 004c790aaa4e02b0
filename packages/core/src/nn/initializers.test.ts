import { describe, expect, test } from 'vitest'
import { key } from '../random/keys.ts'
import { type NdArray, toNumbers } from '../tensor/nd-array.ts'
import * as initializers from './initializers.ts'
import type { Initializer } from './layer.ts'

const [rows, columns] = [300, 200]
const draw = (initializer: Initializer) => toNumbers(initializer(key(11), [rows, columns], 'float64'))
const largest = (values: readonly number[]) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((total, value) => total + value * value, 0) / values.length)

describe('uniform initialisers fill their interval', () => {
  test.each([
    ['uniform', initializers.uniform(0.3), 0.3],
    ['xavierUniform', initializers.xavierUniform(), Math.sqrt(6 / 500)],
    ['kaimingUniform', initializers.kaimingUniform(), Math.sqrt(6 / 300)],
    ['fanInUniform', initializers.fanInUniform, Math.sqrt(1 / 300)],
  ] as const)('%s', (_name, initializer, limit) => {
    const values = draw(initializer)
    expect(largest(values)).toBeLessThanOrEqual(limit)
    expect(largest(values)).toBeGreaterThan(0.999 * limit)
    expect(Math.abs(deviation(values) / (limit / Math.sqrt(3)) - 1)).toBeLessThan(0.01)
  })
})

describe('normal initialisers have their deviation', () => {
  test.each([
    ['normal', initializers.normal(0.02), 0.02],
    ['xavierNormal', initializers.xavierNormal(), Math.sqrt(2 / 500)],
    ['kaimingNormal', initializers.kaimingNormal(), Math.sqrt(2 / 300)],
  ] as const)('%s', (_name, initializer, expected) => {
    expect(Math.abs(deviation(draw(initializer)) / expected - 1)).toBeLessThan(0.02)
  })
})

test('zeros and constants are what they say', () => {
  expect(toNumbers(initializers.zeros(key(1), [2]))).toEqual([0, 0])
  expect(toNumbers(initializers.constant(1.5)(key(1), [2]))).toEqual([1.5, 1.5])
})

/** Largest deviation of A·Aᵀ (or Aᵀ·A, the smaller one) from gain²·I. */
function worstProduct(matrix: NdArray, gain: number): number {
  const [n, m] = matrix.shape as [number, number]
  const at = (few: number, many: number) => Number(matrix.data[n <= m ? few * m + many : many * m + few])
  let worst = 0
  for (let i = 0; i < Math.min(n, m); i++) {
    for (let j = 0; j < Math.min(n, m); j++) {
      let product = 0
      for (let k = 0; k < Math.max(n, m); k++) product += at(i, k) * at(j, k)
      worst = Math.max(worst, Math.abs(product - (i === j ? gain * gain : 0)))
    }
  }
  return worst
}

test('orthogonal matrices have orthonormal rows or columns, in float64 to rounding', () => {
  for (const [n, m] of [
    [30, 30],
    [20, 50],
    [50, 20],
  ] as const)
    expect(worstProduct(initializers.orthogonal(1.5)(key(2), [n, m], 'float64'), 1.5)).toBeLessThan(1e-13)
})

test('a vector cannot be orthogonal', () => {
  expect(() => initializers.orthogonal()(key(1), [3])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SHAPE_MISMATCH  the initializer "orthogonal" makes matrices
      expected a shape of two axes or more
      found    [3]]
  `)
})
