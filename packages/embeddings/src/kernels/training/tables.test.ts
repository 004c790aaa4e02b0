import { expect, test } from 'vitest'
import { fillAliasTable } from './alias-table.ts'
import { huffmanPaths } from './huffman.ts'
import { ALWAYS, fillKeepThresholds } from './keep-thresholds.ts'
import { fillNegativeParts, partCapacity, wordOfSlot } from './negative-parts.ts'
import { fillSigmoidTable, SIGMOID_BINS } from './sigmoid-table.ts'
import { createNumbers, specOf } from './training-cases.ts'

/** Probability of each word by the table: its own side of its coin, and its sides of others. */
function probabilities(counts: Float64Array, exponent: number): Float64Array {
  const table = new Uint32Array(2 * counts.length)
  fillAliasTable(
    table,
    counts.map(count => count ** exponent),
  )
  const found = new Float64Array(counts.length)
  for (let slot = 0; slot < counts.length; slot++) {
    const own = table[2 * slot]! / 2 ** 32
    found[slot] = found[slot]! + own / counts.length
    found[table[2 * slot + 1]!] = found[table[2 * slot + 1]!]! + (1 - own) / counts.length
  }
  return found
}

test.each([0, 0.5, 0.75, 1, -0.5])('the alias table has the distribution of counts ^ %d', exponent => {
  for (const size of [1, 2, 3, 10, 1000]) {
    const next = createNumbers(size)
    const counts = Float64Array.from({ length: size }, () => Math.ceil(1 / next()))
    const total = counts.reduce((sum, count) => sum + count ** exponent, 0)
    for (const [word, probability] of probabilities(counts, exponent).entries()) {
      expect(Math.abs(probability - counts[word]! ** exponent / total)).toBeLessThan(1e-9)
    }
  }
})

test('every entry of a large alias table is a word', () => {
  const counts = Float64Array.from({ length: 30_000 }, (_, rank) => Math.ceil(1e6 / (rank + 1)))
  const table = new Uint32Array(60_000)
  fillAliasTable(
    table,
    counts.map(count => count ** 0.75),
  )
  expect(table.filter((_, index) => index % 2 === 1).every(word => word < 30_000)).toBe(true)
})

/** Cost of the best prefix code: the smallest sum of joined pairs over every order of joining. */
function bestCost(weights: readonly number[]): number {
  if (weights.length < 2) return 0
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < weights.length; i++) {
    for (let j = i + 1; j < weights.length; j++) {
      const joined = weights[i]! + weights[j]!
      const rest = weights.filter((_, index) => index !== i && index !== j)
      best = Math.min(best, joined + bestCost([...rest, joined]))
    }
  }
  return best
}

test('no binary tree has a shorter mean path than the one made', () => {
  const next = createNumbers(5)
  for (const size of [1, 2, 3, 4, 5, 6, 6, 6]) {
    const counts = Float64Array.from({ length: size }, () => Math.ceil(20 * next() ** 2))
    const { offsets } = huffmanPaths(counts)
    const cost = counts.reduce((sum, count, word) => sum + count * (offsets[word + 1]! - offsets[word]!), 0)
    expect(cost).toBe(bestCost([...counts]))
  }
})

test('paths are distinct, none begins another, and all start at node 0', () => {
  const counts = Float64Array.from({ length: 200 }, (_, rank) => Math.ceil(1000 / (rank + 1)))
  const { offsets, steps, longest } = huffmanPaths(counts)
  const paths = Array.from(counts, (_, word) => [...steps.subarray(offsets[word], offsets[word + 1])])
  expect(Math.max(...paths.map(path => path.length))).toBe(longest)
  expect(paths.every(path => path[0]! >> 1 === 0)).toBe(true)
  expect(new Set(steps.map(step => step >> 1)).size).toBe(199)
  const codes = paths.map(path => path.map(step => step & 1).join('')).sort()
  for (let i = 1; i < codes.length; i++) expect(codes[i]!.startsWith(codes[i - 1]!)).toBe(false)
})

test('ties are settled: the later word is the rarer, an inner node goes before a word', () => {
  const { offsets, steps } = huffmanPaths(Float64Array.of(2, 1, 1, 2))
  const paths = [0, 1, 2, 3].map(word => [...steps.subarray(offsets[word], offsets[word + 1])])
  // Joined first: words 2 and 1, to a node of 2; then that node and word 3; then word 0 and the rest.
  expect(paths).toEqual([[0], [1, 2, 5], [1, 2, 4], [1, 3]])
})

test('subsampling keeps a word of share f with probability √(t/f) + t/f', () => {
  const thresholds = new Uint32Array(3)
  fillKeepThresholds(thresholds, Float64Array.of(9000, 990, 10), 1e-3)
  const kept = (share: number) => Math.floor((Math.sqrt(1e-3 / share) + 1e-3 / share) * 2 ** 32)
  expect([...thresholds]).toEqual([kept(0.9), kept(0.099), ALWAYS])
  fillKeepThresholds(thresholds, Float64Array.of(9000, 990, 10), 0)
  expect([...thresholds]).toEqual([ALWAYS, ALWAYS, ALWAYS])
})

test('the table of the sigmoid is right at the middle of bins, 0 and 1 at its ends', () => {
  const table = new Float32Array(2 * SIGMOID_BINS)
  fillSigmoidTable(table)
  const z = (700.5 / 1024) * 16 - 8
  expect(table[1400]).toBeCloseTo(1 - 1 / (1 + Math.exp(-z)), 6)
  expect(table[1401]).toBeCloseTo(-Math.log(1 / (1 + Math.exp(-z))), 6)
  expect([table[0], table[2046]]).toEqual([1, 0])
})

test('parts have the hot words in common and share out the others; over all turns every word has its probability', () => {
  const counts = Float64Array.from({ length: 5000 }, (_, rank) => Math.ceil(1e6 / (rank + 3)))
  const [hot, parts] = [64, 3]
  const capacity = partCapacity(counts.length, hot, parts)
  const buffer = new SharedArrayBuffer(16 + capacity * 8 * parts)
  const where = { partSizes: 0, alias: 16, aliasStride: capacity * 8 }
  fillNegativeParts(buffer, where, { hot, parts }, specOf(counts, {}))
  const found = new Float64Array(counts.length)
  const seen = new Uint32Array(counts.length)
  const sizes = new Uint32Array(buffer, 0, parts)
  for (let part = 0; part < parts; part++) {
    const size = sizes[part]!
    const table = new Uint32Array(buffer, 16 + part * capacity * 8, size * 2)
    for (let slot = 0; slot < size; slot++) {
      const word = wordOfSlot(slot, hot, part, parts)
      const own = table[2 * slot]! / 2 ** 32
      seen[word] = seen[word]! + 1
      found[word] = found[word]! + own / size / parts
      found[table[2 * slot + 1]!] = found[table[2 * slot + 1]!]! + (1 - own) / size / parts
    }
  }
  expect([...seen.subarray(0, hot)].every(times => times === parts)).toBe(true)
  expect([...seen.subarray(hot)].every(times => times === 1)).toBe(true)
  const total = counts.reduce((sum, count) => sum + count ** 0.75, 0)
  for (const [word, probability] of found.entries()) {
    expect(Math.abs(probability - counts[word]! ** 0.75 / total)).toBeLessThan(1e-9)
  }
})
