import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { buildApproximateIndex, loadApproximateIndex } from './approximate-index.ts'
import { neighboursOf } from './most-similar.ts'
import { loadUsearch } from './usearch.ts'

const vectors = new WordVectors({
  words: WordTable.of(Array.from({ length: 3000 }, (_, i) => `w${i}`)),
  dimensions: 24,
  matrix: random.normal(random.key(1), 3000 * 24),
})
const installed = await loadUsearch().then(
  () => true,
  () => false,
)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-index-'))
})
afterAll(() => rm(folder, { recursive: true }))

test.skipIf(!installed)('an index finds most of the nearest words and says how many', async () => {
  const index = await buildApproximateIndex(vectors)
  expect(index.measured).toMatchObject({ at: 10, queries: 200 })
  expect(index.measured!.recall).toBeGreaterThan(0.85)
  const found = index.neighboursOf(vectors.row(5), 10)
  const exact = neighboursOf(vectors, vectors.row(5), 10)
  expect(found).toHaveLength(10)
  expect(found[0]!.word).toBe('w5')
  expect(found.filter(({ word }) => exact.some(other => other.word === word)).length).toBeGreaterThan(6)
  for (const { word, similarity } of found)
    expect(similarity).toBeCloseTo(exact.find(other => other.word === word)?.similarity ?? similarity, 5)
})

test.skipIf(!installed)('a wider search finds more', async () => {
  const narrow = await buildApproximateIndex(vectors, {
    connectivity: 4,
    expansionAdd: 8,
    expansionSearch: 10,
  })
  const wide = await buildApproximateIndex(vectors, { expansionSearch: 600 })
  expect(narrow.measured!.recall).toBeLessThan(0.8)
  expect(wide.measured!.recall).toBeGreaterThan(0.97)
})

test.skipIf(!installed)('a saved index answers as before', async () => {
  const path = join(folder, 'words.index')
  const index = await buildApproximateIndex(vectors, { recallQueries: 0, precision: 'f32', connectivity: 12 })
  expect(index.measured).toBeUndefined()
  await index.save(path)
  const loaded = await loadApproximateIndex(vectors, path)
  expect(loaded.neighboursOf(vectors.row(9))).toEqual(index.neighboursOf(vectors.row(9)))
  expect(loaded.measured).toEqual(index.measureRecall())
})

test.skipIf(!installed)(
  'an index of other vectors, or one that is damaged, is refused before it is loaded',
  async () => {
    const path = join(folder, 'other.index')
    await (await buildApproximateIndex(vectors, { recallQueries: 0 })).save(path)
    const { words } = vectors
    const narrower = new WordVectors({ words, dimensions: 12, matrix: new Float32Array(3000 * 12) })
    await expect(loadApproximateIndex(narrower, path)).rejects.toThrow(
      'EMBEDDING_INDEX_MISMATCH  this is not the index of these vectors\n' +
        '  expected the index of 3000 words, 12 numbers each\n' +
        '  found    3000 words, 24 numbers each',
    )
    const changed = new WordVectors({ words, dimensions: 24, matrix: vectors.matrix.map(value => value + 1) })
    await expect(loadApproximateIndex(changed, path)).rejects.toThrow(
      /found {4}as many, but with other numbers/,
    )
    await truncate(path, 5000)
    await expect(loadApproximateIndex(vectors, path)).rejects.toThrow(
      /^EMBEDDING_INDEX_DAMAGED {2}the index cannot be loaded: its bytes are not those that were written/,
    )
    await writeFile(`${path}.json`, '{"format":"another"}')
    await expect(loadApproximateIndex(vectors, path)).rejects.toThrow(
      /^EMBEDDING_INDEX_DAMAGED .*does not describe/,
    )
    await expect(loadApproximateIndex(vectors, join(folder, 'none'))).rejects.toThrow(/^FILE_UNREADABLE/)
  },
)

test.skipIf(!installed)('words with vectors of zeros do no harm', async () => {
  const matrix = vectors.matrix.slice()
  matrix.fill(0, 24 * 10, 24 * 20)
  const index = await buildApproximateIndex(new WordVectors({ words: vectors.words, dimensions: 24, matrix }))
  expect(index.measured!.recall).toBeGreaterThan(0.8)
  expect(index.neighboursOf(new Float32Array(24), 5).every(({ similarity }) => similarity === 0)).toBe(true)
})

test('without the package the error names it', async () => {
  await expect(
    loadUsearch(() => Promise.reject(new Error('not found'))),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_INDEX_PACKAGE_MISSING  approximate search needs the package usearch, which cannot be loaded
      npm install usearch@2
      exact search needs no package, and is fast enough for some hundred thousand words]
  `)
})
