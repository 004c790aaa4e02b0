import { isElmanError } from '@elman/core'
import { sampleArray } from '@elman/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantizeMatrix } from './quantize-matrix.ts'

test('numbers become multiples of the largest magnitude / 127, halves the even one', () => {
  const data = Float32Array.of(127, 0.5, 1.5, -0.5, -1.5, -127)
  const { values, scales, error } = quantizeMatrix(data, [2, 3], 'tensor', 127, 'w')
  expect([...scales]).toEqual([1])
  expect([...values]).toEqual([127, 0, 2, 0, -2, -127])
  expect(error.largest).toBe(0.5)
  expect(error.rootMeanSquare).toBeCloseTo(Math.sqrt((4 * 0.25) / 6), 12)
  expect(error.relative).toBeCloseTo(Math.sqrt(1 / (2 * 127 ** 2 + 2 * 2.25 + 2 * 0.25)), 12)
})

test('each row, or each column, has its own scale; zeros cost nothing', () => {
  const data = Float32Array.of(1, 0, 100, 0.01, 0, -50)
  const rows = quantizeMatrix(data, [2, 3], 'row', 127, 'w')
  expect([...rows.scales]).toEqual([Math.fround(100 / 127), Math.fround(50 / 127)])
  const columns = quantizeMatrix(data, [2, 3], 'column', 127, 'w')
  expect([...columns.scales]).toEqual([Math.fround(1 / 127), 1, Math.fround(100 / 127)])
  expect([...columns.values]).toEqual([127, 0, 127, 1, 0, -64])
})

test('no number moves by more than half a scale, whatever the matrix', () => {
  const numbers = fc.float({ noNaN: true, min: -1e6, max: 1e6 })
  const property = fc.property(
    fc.array(numbers, { minLength: 12, maxLength: 12 }),
    fc.constantFrom('tensor' as const, 'row' as const, 'column' as const),
    fc.constantFrom(63, 127),
    (list, axis, limit) => {
      const data = Float32Array.from(list)
      const { values, scales, error } = quantizeMatrix(data, [3, 4], axis, limit, 'w')
      const scaleOf = (i: number) =>
        scales[axis === 'tensor' ? 0 : axis === 'row' ? Math.floor(i / 4) : i % 4]!
      data.forEach((x, i) => {
        expect(Math.abs(values[i]!)).toBeLessThanOrEqual(limit)
        expect(Math.abs(x - values[i]! * scaleOf(i))).toBeLessThanOrEqual(scaleOf(i) * 0.50001)
      })
      expect(error.largest).toBeLessThanOrEqual(Math.max(...scales) * 0.50001)
    },
  )
  fc.assert(property, { seed: 3, numRuns: 300 })
})

test('a scale for each column is closer than one for all where columns differ in size', () => {
  const data = sampleArray([40, 6], 1, 'float32').data as Float32Array
  const uneven = data.map((x, i) => x * 4 ** (i % 6))
  const error = (axis: 'tensor' | 'column') => quantizeMatrix(uneven, [40, 6], axis, 127, 'w').error.relative
  expect(error('column')).toBeLessThan(error('tensor'))
})

test('a weight that is not finite is refused', () => {
  let text = ''
  try {
    quantizeMatrix(Float32Array.of(1, 2, Number.NaN, 3), [2, 2], 'row', 127, 'softmax.weight')
  } catch (error) {
    if (isElmanError(error)) text = error.message
  }
  expect(text).toMatchInlineSnapshot(`
    "QUANTIZE_NOT_FINITE  weight "softmax.weight" has a number that is not finite
      found    NaN in row 1, column 0
      the model has diverged in training: take an earlier checkpoint"
  `)
})
