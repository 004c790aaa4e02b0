import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { uniformStream } from '../random/uniform-stream.ts'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { chooseRows, unitRows } from './map-rows.ts'
import { type MapPoint, mapWords } from './map-words.ts'
import { nearestRows } from './nearest-rows.ts'
import { principalComponents } from './principal-components.ts'
import { sphericalClusters } from './spherical-clusters.ts'
import { syntheticVectors } from './synthetic-vectors.ts'

const GROUPS = 4
const vectors = syntheticVectors(240, { groups: GROUPS })
const group = (word: string) => Number(word.slice(1)) % GROUPS

/** Share of the words whose nearest point on the map is of their own group. */
function agreement(points: readonly MapPoint[]): number {
  const same = points.filter(point => {
    const others = points.filter(other => other !== point)
    const away = (other: MapPoint) => Math.hypot(other.x - point.x, other.y - point.y)
    const nearest = others.reduce((best, other) => (away(other) < away(best) ? other : best))
    return group(nearest.word) === group(point.word)
  })
  return same.length / points.length
}

test('words of one direction lie together on the map', async () => {
  expect(agreement(await mapWords(vectors))).toBeGreaterThan(0.98)
  expect(agreement(await mapWords(vectors, { start: 'random' }))).toBeGreaterThan(0.98)
})

test('the same seed gives the same map and another seed another', async () => {
  const options = { top: 80, epochs: 60 }
  const first = await mapWords(vectors, options)
  expect(await mapWords(vectors, options)).toEqual(first)
  expect(await mapWords(vectors, { ...options, seed: 2 })).not.toEqual(first)
})

test('the map shows the most frequent words, or those asked for', async () => {
  expect((await mapWords(vectors, { top: 5, method: 'pca' })).map(point => point.word)).toEqual([
    'w0',
    'w1',
    'w2',
    'w3',
    'w4',
  ])
  const chosen = await mapWords(vectors, { words: ['w9', 'w3', 'w100', 'w9'], method: 'pca' })
  expect(chosen.map(point => point.word)).toEqual(['w9', 'w3', 'w100'])
})

test('a map of vectors of one dimension and of few words is drawn too', async () => {
  const thin = new WordVectors({
    words: WordTable.of(['a', 'b', 'c', 'd']),
    dimensions: 1,
    matrix: Float32Array.of(1, -1, 0, Number.NaN),
  })
  for (const method of ['pca', 'umap'] as const)
    for (const { x, y } of await mapWords(thin, { method })) expect(Number.isFinite(x + y)).toBe(true)
})

test('a map cannot be made of too few words, unknown words or impossible options', async () => {
  await expect(mapWords(vectors, { words: ['w1', 'w2'] })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_MAP_TOO_FEW_WORDS  a map of 2 words shows nothing
      expected at least 3 words
      found    240 words in the table, 2 asked for]
  `)
  await expect(mapWords(vectors, { words: ['w1', 'w2', 'W3'] })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_WORD_UNKNOWN  "W3" has no vector
      found    240 words
      did you mean "w3"?]
  `)
  await expect(mapWords(vectors, { neighbours: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_MAP_OPTION_INVALID  the option "neighbours" of a map is out of range
      expected a whole number of at least 2
      found    1]
  `)
  await expect(mapWords(vectors, { minimumDistance: 2 })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_MAP_OPTION_INVALID  the option "minimumDistance" of a map is out of range
      expected a number from 0 to 1
      found    2]
  `)
})

test('a map tells how far it is and stops when asked', async () => {
  const phases = new Set<string>()
  await mapWords(vectors, { epochs: 20, onProgress: ({ phase }) => phases.add(phase) })
  expect([...phases]).toEqual(['find neighbours', 'lay out'])
  const stop = new AbortController()
  const stopped = mapWords(vectors, { epochs: 1e6, signal: stop.signal })
  setTimeout(() => stop.abort(new Error('enough')), 50)
  await expect(stopped).rejects.toThrow('enough')
})

test('components of points on a tilted line are the line and its normal', () => {
  const rows = Float64Array.from(
    { length: 40 },
    (_, at) => (at % 2 ? 0.75 : 1) * (at >> 1) + (at % 2 ? 7 : 2),
  )
  const { directions, variances, totalVariance } = principalComponents(rows, 2, 2, random.key(1))
  expect(directions[0]![0]).toBeCloseTo(0.8, 10)
  expect(directions[0]![1]).toBeCloseTo(0.6, 10)
  expect(variances[0]).toBeCloseTo(totalVariance, 8)
  expect(variances[1]).toBeCloseTo(0, 8)
})

test('nearest rows are those of a full comparison, nearest first', async () => {
  const rows = unitRows(vectors, chooseRows(vectors, { top: 60 }))
  const { rows: found, similarities, count } = await nearestRows(rows, 5)
  const cosine = (a: number, b: number) => {
    let sum = 0
    for (let i = 0; i < 16; i++) sum += rows.matrix[a * 16 + i]! * rows.matrix[b * 16 + i]!
    return sum
  }
  for (let row = 0; row < 60; row++) {
    const all = Array.from({ length: 60 }, (_, other) => other).filter(other => other !== row)
    const expected = all.sort((a, b) => cosine(row, b) - cosine(row, a)).slice(0, 5)
    expect(Array.from(found.subarray(row * count, row * count + 5))).toEqual(expected)
    expect(similarities[row * count]).toBeCloseTo(cosine(row, expected[0]!), 6)
  }
})

test('clusters find the directions, the same for the same seed', () => {
  const rows = unitRows(vectors, chooseRows(vectors, {}))
  const { assignment, members } = sphericalClusters(rows, GROUPS, random.key(3))
  expect(members.map(each => each.length)).toEqual([60, 60, 60, 60])
  for (const each of members) expect(new Set(each.map(at => at % GROUPS)).size).toBe(1)
  expect(sphericalClusters(rows, GROUPS, random.key(3)).assignment).toEqual(assignment)
})

test('a stream of uniform numbers is that of its key, spread over [0, 1)', () => {
  const draw = uniformStream(random.key(1))
  const drawn = Array.from({ length: 40_000 }, draw)
  const again = uniformStream(random.key(1))
  expect(drawn.slice(0, 100)).toEqual(Array.from({ length: 100 }, again))
  expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(0.5, 2)
  expect(new Set(drawn).size).toBe(drawn.length)
})
