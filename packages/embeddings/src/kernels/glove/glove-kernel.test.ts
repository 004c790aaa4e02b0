import { readFileSync } from 'node:fs'
import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { createGloveMemory, type GloveMemory } from '../../glove/glove-model.ts'
import { GLOVE_RECORD_BYTES, gloveExports, gloveModule, trainGloveBatch } from './glove-kernel.ts'
import { referenceTrainGloveBatch } from './glove-reference.ts'

type Golden = {
  [name in 'words' | 'dimensions' | 'rate' | 'xMax' | 'alpha' | 'clip' | 'iterations']: number
} & {
  [name in 'vectors' | 'trainedVectors' | 'vectorSquares']: number[][]
} & { [name in 'biases' | 'costs' | 'trainedBiases' | 'biasSquares']: number[] } & {
  pairs: [number, number, number][]
}

const module = gloveModule()
const kernel = (memory: GloveMemory) => gloveExports(module, memory.memory)

/** Puts records into the room of the first worker. */
function putRecords(memory: GloveMemory, records: readonly (readonly number[])[]): void {
  const ids = new Uint32Array(memory.memory.buffer, memory.workers[0]!.records, records.length * 4)
  const floats = new Float32Array(ids.buffer, ids.byteOffset, ids.length)
  records.forEach(([word, context, logarithm, weight], at) => {
    ids.set([word!, context!], at * 4)
    floats.set([logarithm!, weight!], at * 4 + 2)
  })
}

function randomMemory(words: number, dimensions: number, records: number, seed: number): GloveMemory {
  const memory = createGloveMemory(words, dimensions, 1)
  const { width, row } = memory.layout
  const key = random.key(seed)
  const values = random.uniform(random.foldIn(key, 'vectors'), memory.rows.length)
  for (let at = 0; at < memory.rows.length; at++) {
    const column = at % row
    const isSquare = (column >= width && column < 2 * width) || column === 2 * width + 1
    const isPadding = (column >= dimensions && column < width) || column > 2 * width + 1
    memory.rows[at] = isSquare ? 1 : isPadding ? 0 : values[at]! - 0.5
  }
  const draws = random.uniform(random.foldIn(key, 'records'), records * 4, 'float64')
  putRecords(
    memory,
    Array.from({ length: records }, (_, at) => [
      ...[Math.floor(draws[at * 4]! * words), Math.floor(draws[at * 4 + 1]! * words)],
      ...[draws[at * 4 + 2]! * 6 - 2, draws[at * 4 + 3]!],
    ]),
  )
  return memory
}

const batchOf = (memory: GloveMemory, count: number, clip = 100, rate = 0.05) => ({
  ...{ model: memory.model, records: memory.workers[0]!.records, cost: memory.workers[0]!.cost },
  ...{ count, rate, clip },
})
const costOf = ({ memory, workers }: GloveMemory) => new Float64Array(memory.buffer, workers[0]!.cost, 1)[0]!
const bytesOf = ({ memory }: GloveMemory) => Buffer.from(new Uint8Array(memory.buffer).slice())

test.each([1, 3, 4, 6, 8, 12, 50, 100, 101])(
  'the kernel gives the bits of its TypeScript twin for %i dimensions',
  dimensions => {
    for (const clip of [100, 0.05]) {
      const [fast, plain] = [randomMemory(30, dimensions, 500, 3), randomMemory(30, dimensions, 500, 3)]
      for (let pass = 0; pass < 3; pass++) {
        expect(trainGloveBatch(kernel(fast), fast.layout, batchOf(fast, 500, clip))).toBe(500)
        const { memory, layout } = plain
        expect(referenceTrainGloveBatch(memory.buffer, layout, batchOf(plain, 500, clip))).toBe(500)
      }
      expect(bytesOf(fast).equals(bytesOf(plain))).toBe(true)
      expect(costOf(fast)).toBeGreaterThan(0)
    }
  },
)

test.each(['glove', 'glove-clipped'])('%s: the numbers are those of float64 by the equations', name => {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')
  const golden = JSON.parse(text) as Golden
  const { words, dimensions, xMax, alpha, pairs } = golden
  const memory = createGloveMemory(words, dimensions, 1)
  const { rows, layout } = memory
  const { row, width } = layout
  rows.fill(1)
  golden.vectors.forEach((vector, at) => {
    rows.fill(0, at * row, at * row + width)
    rows.set(vector, at * row)
    rows[at * row + 2 * width] = golden.biases[at]!
  })
  putRecords(
    memory,
    pairs.map(([i, j, x]) => [i, j, Math.log(x), x > xMax ? 1 : (x / xMax) ** alpha]),
  )
  let before = 0
  for (const cost of golden.costs) {
    trainGloveBatch(kernel(memory), layout, batchOf(memory, pairs.length, golden.clip, golden.rate))
    expect(Math.abs(costOf(memory) - before - cost)).toBeLessThan(1e-5 * cost)
    before = costOf(memory)
  }
  const at = (part: number, length: number) =>
    Array.from({ length: 2 * words }, (_, i) => [...rows.slice(i * row + part, i * row + part + length)])
  const far = (found: number[][], expected: number[][]) =>
    Math.max(...found.flatMap((values, i) => values.map((value, j) => Math.abs(value - expected[i]![j]!))))
  expect(far(at(0, dimensions), golden.trainedVectors)).toBeLessThan(3e-6)
  expect(far(at(width, dimensions), golden.vectorSquares)).toBeLessThan(3e-6)
  const biases = golden.trainedBiases.map((bias, i) => [bias, golden.biasSquares[i]!])
  expect(far(at(2 * width, 2), biases)).toBeLessThan(2e-4) // squares of biases grow to about 100
})

test('training stops before the first record whose cost is not finite, and that one changes nothing', () => {
  const memory = randomMemory(10, 8, 50, 4)
  const expected = randomMemory(10, 8, 50, 4)
  const floats = new Float32Array(memory.memory.buffer)
  floats[(memory.workers[0]!.records + 20 * GLOVE_RECORD_BYTES) / 4 + 2] = Number.POSITIVE_INFINITY
  expect(trainGloveBatch(kernel(memory), memory.layout, batchOf(memory, 50))).toBe(20)
  trainGloveBatch(kernel(expected), expected.layout, batchOf(expected, 20))
  expect(memory.rows).toEqual(expected.rows)
  expect(costOf(memory)).toBe(costOf(expected))
  expect(referenceTrainGloveBatch(memory.memory.buffer, memory.layout, batchOf(memory, 50))).toBe(20)
})

test('the kernel is small', () => {
  expect(Buffer.from(readFileSync(new URL('../glove-wasm.ts', import.meta.url))).length).toBeLessThan(4096)
})
