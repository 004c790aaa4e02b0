import { type Key, random } from '@elman/core'

/** Numbers drawn at once. */
const BLOCK = 1 << 16

/**
 * Fills rows with numbers evenly spread in [−width/2, width/2): word2vec takes width 1 / dimensions, fastText
 * 2 / dimensions. Row r depends on the key and r alone, so that added rows leave those before them as they were.
 *
 * @param rows - float32 [rows × stride]; what lies past `dimensions` in a row stays zero.
 * @param first - First row to fill.
 */
export function fillRandomRows(
  rows: Float32Array,
  { stride, dimensions, width, key }: { stride: number; dimensions: number; width: number; key: Key },
  first = 0,
): void {
  const count = rows.length / stride
  const block = Math.max(1, Math.floor(BLOCK / dimensions))
  const drawn = new Float32Array(block * dimensions)
  for (let from = first; from < count; from += block) {
    const some = Math.min(block, count - from)
    const numbers = drawn.subarray(0, some * dimensions)
    fill(numbers, key, from, dimensions)
    for (let row = 0; row < some; row++) {
      const at = (from + row) * stride
      for (let i = 0; i < dimensions; i++) rows[at + i] = (numbers[row * dimensions + i]! - 0.5) * width
    }
  }
}

/** Numbers of rows `row` …: element i of row r is number r·dimensions + i of the stream of its part of the key. */
function fill(numbers: Float32Array, key: Key, row: number, dimensions: number): void {
  // A stream holds 2^33 words; parts of 2^20 rows stay far below that.
  const part = Math.floor(row / PART)
  const left = (part + 1) * PART - row
  const here = Math.min(numbers.length, left * dimensions)
  const offset = (row - part * PART) * dimensions
  random.uniform(random.foldIn(key, part), here, 'float32', numbers.subarray(0, here), offset)
  if (here < numbers.length) fill(numbers.subarray(here), key, row + left, dimensions)
}

const PART = 1 << 20
