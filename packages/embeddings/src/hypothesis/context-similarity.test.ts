import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countCooccurrences } from '../cooccurrence/count-cooccurrences.ts'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { readContextRows, type SparseRows } from './context-rows.ts'
import { simContext, simVector } from './context-similarity.ts'
import { neighbourPairs, randomPairs, readPairs } from './word-pairs.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-hypothesis-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Rows as arrays of [column, value]. */
function sparse(rows: readonly (readonly [number, number])[][]): SparseRows {
  const offsets = [0]
  for (const row of rows) offsets.push(offsets.at(-1)! + row.length)
  return { offsets, indices: rows.flat().map(([c]) => c), values: rows.flat().map(([, v]) => v) }
}

const counts = sparse([
  [
    [0, 4],
    [1, 2],
    [2, 2],
  ],
  [
    [1, 1],
    [2, 5],
    [3, 1],
    [4, 1],
  ],
  [],
])
const ppmi = sparse([
  [
    [0, 1.5],
    [2, 0.5],
  ],
  [
    [2, 2],
    [3, 1],
    [4, 0.25],
  ],
  [],
])

test('overlap of contexts is shared over all, by number or by weight', () => {
  const all = { counts, ppmi }
  expect(simContext(all, { set: 'all' })(0, 1)).toBe(2 / 5)
  expect(simContext(all, { set: 'all', weight: 'value' })(0, 1)).toBe((1 + 2) / (4 + 2 + 5 + 1 + 1))
  expect(simContext(all, { set: 'ppmi' })(0, 1)).toBe(1 / 4)
  expect(simContext(all, { set: 'ppmi', weight: 'value' })(0, 1)).toBe(0.5 / (1.5 + 2 + 1 + 0.25))
  expect(simContext(all, { set: 'top', top: 1 })(0, 1)).toBe(0)
  expect(simContext(all, { set: 'top', top: 2 })(0, 1)).toBe(1 / 3)
})

test('a word is like itself, and a word without contexts like none', () => {
  for (const set of ['all', 'ppmi', 'top'] as const) {
    for (const weight of ['none', 'value'] as const) {
      const similarity = simContext({ counts, ppmi }, { set, weight })
      expect(similarity(1, 1)).toBe(1)
      expect(similarity(0, 2)).toBe(0)
      expect(similarity(2, 2)).toBe(0)
      expect(similarity(1, 0)).toBe(similarity(0, 1))
    }
  }
  expect(() => simContext({ counts, ppmi }, { set: 'top', top: 0 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  the option "top" is out of range
      expected a whole number of at least 1
      found    0]
  `)
})

test('vectors are found by their words, in whatever order the table has', () => {
  const vectors = new WordVectors({
    words: WordTable.of(['c', 'a', 'z']),
    dimensions: 2,
    matrix: Float32Array.of(0, 2, 3, 3, 0, 0),
  })
  const similarity = simVector(vectors, WordTable.of(['a', 'b', 'c', 'z']))
  expect(similarity(0, 2)).toBeCloseTo(Math.SQRT1_2, 6)
  expect(similarity(0, 1)).toBeNaN()
  expect(similarity(0, 3)).toBeNaN()
  expect(simVector(vectors)(0, 1)).toBeCloseTo(Math.SQRT1_2, 6)
})

test('counted co-occurrences become rows with ascending columns', async () => {
  const ids = Int32Array.of(0, 3, 1, 2, 0, -1, 2, 3, 0, -1, 3, 3, -1)
  const path = join(folder, 'ids')
  await writeFile(path, Buffer.from(ids.buffer))
  const file = await countCooccurrences({ path, ids: ids.length }, 4, {
    folder,
    window: 2,
    weighting: 'flat',
  })
  const { counts: rows, ppmi: positive } = await readContextRows(file, { smoothing: 1 })
  const expected = Array.from({ length: 4 }, () => [0, 0, 0, 0])
  for (const sentence of [
    [0, 3, 1, 2, 0],
    [2, 3, 0],
    [3, 3],
  ])
    for (const [i, one] of sentence.entries())
      for (const [j, other] of sentence.entries())
        if (i !== j && Math.abs(i - j) <= 2) expected[one]![other]!++
  const dense = Array.from({ length: 4 }, (_, row) => {
    const line = [0, 0, 0, 0]
    let before = -1
    for (let at = rows.offsets[row]!; at < rows.offsets[row + 1]!; at++) {
      expect(rows.indices[at]).toBeGreaterThan(before)
      before = rows.indices[at]!
      line[before] = rows.values[at]!
    }
    return line
  })
  expect(dense).toEqual(expected)
  // Each entry of the PPMI is log P(word, context) / (P(word) P(context)), where that is above 0.
  const sums = expected.map(line => line.reduce((sum, count) => sum + count, 0))
  const total = sums.reduce((sum, count) => sum + count, 0)
  const information = expected.map((line, row) =>
    line.map((count, column) => Math.max(0, Math.log((count * total) / (sums[row]! * sums[column]!)))),
  )
  for (let row = 0; row < 4; row++)
    for (let at = positive.offsets[row]!; at < positive.offsets[row + 1]!; at++)
      expect(positive.values[at]).toBeCloseTo(information[row]![positive.indices[at]!]!, 6)
  expect(positive.values.length).toBe(information.flat().filter(value => value > 0).length)
})

test('random pairs are distinct, within their ranks, and the same for the same seed', () => {
  const sampling = { count: 500, ranks: [10, 60] as const, seed: 4 }
  const pairs = randomPairs(1000, sampling)
  expect(pairs).toHaveLength(500)
  for (const { a, b } of pairs) {
    expect(Math.min(a, b)).toBeGreaterThanOrEqual(9)
    expect(Math.max(a, b)).toBeLessThanOrEqual(59)
    expect(a).not.toBe(b)
  }
  expect(new Set(pairs.map(({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size).toBe(500)
  expect(randomPairs(1000, sampling)).toEqual(pairs)
  expect(randomPairs(1000, { ...sampling, seed: 5 })).not.toEqual(pairs)
  expect(randomPairs(12, { count: 500, ranks: [10, 60] })).toHaveLength(3) // three words have three pairs
  expect(() => randomPairs(10, { ranks: [10, 60] })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  no pairs can be drawn among these ranks
      expected whole numbers above 0, and two words of the vocabulary's 10 between the ranks
      found    3000 pairs, ranks 10 to 60]
  `)
})

test('half of the neighbour pairs are near each other', () => {
  const nearest = (a: number, b: number) => -Math.abs(a - b)
  const pairs = neighbourPairs(1000, nearest, { count: 400, ranks: [1, 1000], neighbours: 10 })
  expect(pairs).toHaveLength(400)
  expect(pairs.slice(200).every(({ a, b }) => Math.abs(a - b) <= 11)).toBe(true)
  expect(pairs.slice(0, 200).filter(({ a, b }) => Math.abs(a - b) <= 11).length).toBeLessThan(20)
})

test('pairs are read from a similarity set, unknown ones counted', async () => {
  const path = join(folder, 'pairs.txt')
  await writeFile(path, '# set\r\nCat\tdog\t7.1\r\ncat\tunicorn\t2\r\n\r\ndog\tcow')
  expect(await readPairs(path, WordTable.of(['cat', 'dog', 'cow']))).toEqual({
    pairs: [
      { a: 0, b: 1 },
      { a: 1, b: 2 },
    ],
    unknown: 1,
  })
  await writeFile(path, 'cat dog')
  await expect(readPairs(path, WordTable.of(['cat']))).rejects.toMatchObject({
    code: 'EMBEDDING_PAIRS_INVALID',
  })
  await writeFile(path, 'cat\tdog')
  await expect(readPairs(path, WordTable.of(['cow']))).rejects.toThrow(
    'no pair of the file is in the vocabulary',
  )
})
