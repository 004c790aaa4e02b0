import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { fillRandomRows } from './initial-rows.ts'

const key = random.key(7)

test('rows fill their interval evenly and leave the padding zero', () => {
  const rows = new Float32Array(5000 * 12)
  fillRandomRows(rows, { stride: 12, dimensions: 10, width: 0.2, key })
  let sum = 0
  for (let row = 0; row < 5000; row++) {
    expect(rows[row * 12 + 10]).toBe(0)
    expect(rows[row * 12 + 11]).toBe(0)
    for (let i = 0; i < 10; i++) {
      const value = rows[row * 12 + i]!
      if (value < -0.1 || value >= 0.1) throw new Error(`${value} is outside`)
      sum += value
    }
  }
  expect(Math.abs(sum / 50_000)).toBeLessThan(0.001) // six standard errors of the mean are 0.0015
})

test('a row does not depend on how many there are, nor on where filling begins', () => {
  const few = new Float32Array(100 * 8)
  const many = new Float32Array(30_000 * 8)
  fillRandomRows(few, { stride: 8, dimensions: 7, width: 1, key })
  fillRandomRows(many, { stride: 8, dimensions: 7, width: 1, key })
  expect(many.subarray(0, few.length)).toEqual(few)
  const rest = new Float32Array(30_000 * 8)
  fillRandomRows(rest, { stride: 8, dimensions: 7, width: 1, key }, 20_001)
  expect(rest.subarray(20_001 * 8)).toEqual(many.subarray(20_001 * 8))
  expect(rest.subarray(0, 20_001 * 8).every(value => value === 0)).toBe(true)
})
