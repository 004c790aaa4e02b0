import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { createPlainProducts } from './plain-products.ts'
import { createProductsKernel, createProductsMemory } from './products-kernel.ts'
import { clearHeap, heapBytes, readHeap } from './top-heap.ts'

const NORMS = 64
const ROWS = 4096
const QUERIES = 1 << 17
const OUT = 1 << 18
const QUESTIONS = 400_000
const HEAPS = 420_000
const BYTES = 1 << 19

/** Kernel and twin, each on a memory of its own with the same numbers. */
function setUp({ dimensions, seed, coarse = false }: { dimensions: number; seed: number; coarse?: boolean }) {
  const stride = Math.ceil(dimensions / 4) * 4
  const memory = createProductsMemory(BYTES)
  const plain = new ArrayBuffer(BYTES)
  const numbers = random.normal(random.key(seed), (OUT - NORMS) / 4)
  const buffers = [memory.buffer, plain] as const
  for (const buffer of buffers) {
    const floats = new Float32Array(buffer)
    floats.set(coarse ? numbers.map(Math.round) : numbers, NORMS / 4)
    for (let i = 0; i < 400; i++) floats[NORMS / 4 + i] = Math.abs(floats[NORMS / 4 + i]!) + 0.5
    for (let at = ROWS / 4; at < OUT / 4; at += stride) floats.fill(0, at + dimensions, at + stride)
  }
  return { stride, buffers, both: [createProductsKernel(memory), createPlainProducts(plain)] as const }
}

test.each([1, 3, 4, 7, 32, 100])('similarities of %i dimensions have the bits of the twin', dimensions => {
  for (const [count, queryCount] of [
    [1, 1],
    [3, 2],
    [64, 5],
    [61, 8],
  ] as const) {
    const { stride, both, buffers } = setUp({ dimensions, seed: dimensions })
    for (const kernel of both) kernel.similarities(ROWS, NORMS, stride, count, QUERIES, queryCount, OUT, 64)
    const [ours, twin] = buffers.map(buffer => new Int32Array(buffer, OUT, 64 * queryCount))
    expect(ours).toEqual(twin)
    expect(ours!.some(value => value !== 0)).toBe(true)
  }
})

test('a heap keeps the best scores, and of equal scores those of the lowest rows', () => {
  for (const capacity of [1, 2, 7, 50, 500]) {
    const { both, buffers } = setUp({ dimensions: 4, seed: capacity, coarse: true })
    const scores = new Float32Array(buffers[1], ROWS, 333)
    const order = Array.from(scores, (score, index) => ({ index: index + 10, score })).sort(
      (a, b) => b.score - a.score || a.index - b.index,
    )
    both.forEach((kernel, i) => {
      clearHeap(buffers[i]!, HEAPS, capacity)
      kernel.select(ROWS, 201, 10, HEAPS)
      kernel.select(ROWS + 4 * 201, 132, 211, HEAPS)
      expect(readHeap(buffers[i]!, HEAPS)).toEqual(order.slice(0, capacity))
    })
    const bytes = (buffer: ArrayBufferLike) => new Uint8Array(buffer, HEAPS, heapBytes(capacity)).slice()
    expect(bytes(buffers[0])).toEqual(bytes(buffers[1]))
  }
})

test('a score that is not a number is never kept', () => {
  const { both, buffers } = setUp({ dimensions: 4, seed: 1 })
  both.forEach((kernel, i) => {
    new Float32Array(buffers[i]!, ROWS, 6).set([Number.NaN, 1, Number.NaN, -1, 2, Number.NaN])
    clearHeap(buffers[i]!, HEAPS, 4)
    kernel.select(ROWS, 6, 0, HEAPS)
    expect(readHeap(buffers[i]!, HEAPS).map(({ index }) => index)).toEqual([4, 1, 3])
  })
})

test.each([0, 0.001])(
  'analogies with epsilon %d have the bits of the twin, and the best answers',
  epsilon => {
    const { both, buffers } = setUp({ dimensions: 4, seed: 5 })
    const questions = [0, 1, 2, 2, 1, 0, 3, 3, 1]
    const apart = heapBytes(6)
    both.forEach((kernel, i) => {
      new Int32Array(buffers[i]!, QUESTIONS, 9).set(questions)
      for (let q = 0; q < 3; q++) clearHeap(buffers[i]!, HEAPS + q * apart, 6)
      kernel.analogies(ROWS, 64, 61, 0, QUESTIONS, 3, HEAPS, apart, epsilon)
      kernel.analogies(ROWS + 4096, 64, 30, 61, QUESTIONS, 3, HEAPS, apart, epsilon)
    })
    const [ours, twin] = buffers.map(buffer => new Uint8Array(buffer, HEAPS, 3 * apart))
    expect(ours).toEqual(twin)

    const lines = new Float32Array(buffers[0], ROWS, 2048)
    const half = (x: number) => (x + 1) / 2
    const scores = Array.from({ length: 91 }, (_, row) => {
      const at = row < 61 ? row : 1024 + row - 61
      const [a, b, c] = [lines[at]!, lines[64 + at]!, lines[128 + at]!]
      return epsilon === 0 ? b + c - a : (half(b) * half(c)) / (half(a) + epsilon)
    })
    const best = [...scores.keys()].sort((x, y) => scores[y]! - scores[x]!).slice(0, 6)
    expect(readHeap(buffers[0], HEAPS).map(({ index }) => index)).toEqual(best)
  },
)
