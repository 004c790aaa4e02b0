import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { wasmMemory } from '../web-assembly.ts'
import { PANEL_COLUMNS, sparseExports } from './sparse-kernel.ts'

const { fround } = Math
const ROWS = 150
const PANEL = ROWS * PANEL_COLUMNS

/** Two panels at 0, room for two more and for small matrices behind. */
function setUp() {
  const memory = wasmMemory(2 ** 20)
  const x = new Float32Array(memory.buffer, 0, 2 * PANEL)
  x.set(random.normal(random.key(1), x.length))
  const out = 2 * PANEL * 4
  return { memory, kernel: sparseExports(memory), x, out, free: out + 2 * PANEL * 4 }
}

test('rows of a product add up their entries in order, in float32', () => {
  const { memory, kernel, x, out, free } = setUp()
  const draws = random.uniform(random.key(2), ROWS * ROWS)
  const rows = Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: ROWS }, (_, column) => column).filter(
      column => row % 7 !== 0 && draws[row * ROWS + column]! < 0.2,
    ),
  )
  const indices = rows.flat()
  const values = random.normal(random.key(3), indices.length)
  const offsets = new Uint32Array(memory.buffer, free, ROWS + 1)
  rows.forEach((row, at) => {
    offsets[at + 1] = offsets[at]! + row.length
  })
  const columnsAt = free + 1024
  const valuesAt = columnsAt + indices.length * 4
  new Uint32Array(memory.buffer, columnsAt, indices.length).set(indices)
  new Float32Array(memory.buffer, valuesAt, values.length).set(values)

  const found = new Float32Array(memory.buffer, out, PANEL)
  found.fill(7)
  kernel.multiplyPanel(free, columnsAt, valuesAt, 0, ROWS, 0, out)
  const expected = new Float32Array(PANEL)
  for (let row = 0; row < ROWS; row++)
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++)
      for (let i = 0; i < PANEL_COLUMNS; i++)
        expected[row * PANEL_COLUMNS + i]! += fround(values[at]! * x[indices[at]! * PANEL_COLUMNS + i]!)
  expect(Buffer.from(found.slice().buffer).equals(Buffer.from(expected.buffer))).toBe(true)
  // Only the rows asked for are written.
  found.fill(7)
  kernel.multiplyPanel(free, columnsAt, valuesAt, 3, 4, 0, out)
  expect(found[3 * PANEL_COLUMNS]).toBe(expected[3 * PANEL_COLUMNS])
  expect([found[3 * PANEL_COLUMNS - 1], found[4 * PANEL_COLUMNS]]).toEqual([7, 7])
})

test('the Gram matrix of two panels is that of float64 to the rounding of float32', () => {
  const { memory, kernel, x, free } = setUp()
  kernel.gramPanels(0, PANEL * 4, ROWS, free)
  const gram = new Float64Array(memory.buffer, free, PANEL_COLUMNS ** 2)
  for (let i = 0; i < PANEL_COLUMNS; i++)
    for (let j = 0; j < PANEL_COLUMNS; j++) {
      let expected = 0
      for (let row = 0; row < ROWS; row++)
        expected += x[row * PANEL_COLUMNS + i]! * x[PANEL + row * PANEL_COLUMNS + j]!
      if (Math.abs(gram[i * PANEL_COLUMNS + j]! - expected) > 2e-5)
        expect.fail(`entry ${i}, ${j}: ${gram[i * PANEL_COLUMNS + j]} is not ${expected}`)
    }
})

test('a block times a small matrix adds up its columns in order, in float32', () => {
  const { memory, kernel, x, out, free } = setUp()
  const matrix = new Float32Array(memory.buffer, free, 2 * PANEL_COLUMNS * PANEL_COLUMNS)
  matrix.set(random.normal(random.key(4), matrix.length))
  kernel.applyPanel(0, 2, ROWS, free, out)
  const found = new Float32Array(memory.buffer, out, PANEL).slice()
  const expected = new Float32Array(PANEL)
  for (let row = 0; row < ROWS; row++)
    for (let k = 0; k < 2 * PANEL_COLUMNS; k++) {
      const panel = k < PANEL_COLUMNS ? 0 : PANEL
      const value = x[panel + row * PANEL_COLUMNS + (k % PANEL_COLUMNS)]!
      for (let i = 0; i < PANEL_COLUMNS; i++)
        expected[row * PANEL_COLUMNS + i]! += fround(value * matrix[k * PANEL_COLUMNS + i]!)
    }
  expect(Buffer.from(found.buffer).equals(Buffer.from(expected.buffer))).toBe(true)
})
