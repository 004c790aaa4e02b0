import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countNgrams } from './count-ngrams.ts'
import { parameterSharing } from './parameter-sharing.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elman-ngrams-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function encoded(ids: Int32Array): Promise<{ path: string; ids: number }> {
  const path = join(folder, 'ids')
  await writeFile(path, Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength))
  return { path, ids: ids.length }
}

test('n-grams are counted within sentences', async () => {
  const found = await countNgrams(await encoded(Int32Array.of(0, 1, 0, 1, -1, 1, 0, -1, 2, -1)))
  expect(found).toEqual([
    { order: 1, occurrences: 7, distinct: 3, once: 1, passes: 1 },
    { order: 2, occurrences: 4, distinct: 2, once: 0, passes: 1 },
    { order: 3, occurrences: 2, distinct: 2, once: 2, passes: 1 },
    { order: 4, occurrences: 1, distinct: 1, once: 1, passes: 1 },
    { order: 5, occurrences: 0, distinct: 0, once: 0, passes: 1 },
  ])
})

test('little memory takes more passes and gives the same figures as a set of all n-grams', async () => {
  const words = random.integersBelow(random.key(3), 120_000, 60)
  const ids = Int32Array.from(words, (word, at) => (at % 37 === 36 ? -1 : word))
  const corpus = await encoded(ids)
  const seen = new Map<string, number>()
  for (let at = 0; at + 3 <= ids.length; at++) {
    const gram = ids.subarray(at, at + 3)
    if (!gram.includes(-1)) seen.set(gram.join(' '), (seen.get(gram.join(' ')) ?? 0) + 1)
  }
  const expected = {
    distinct: seen.size,
    once: [...seen.values()].filter(times => times === 1).length,
    occurrences: [...seen.values()].reduce((sum, times) => sum + times, 0),
  }
  const [plenty] = await countNgrams(corpus, { orders: [3] })
  const [little] = await countNgrams(corpus, { orders: [3], memoryBytes: 2 ** 20 })
  expect(plenty).toEqual({ order: 3, ...expected, passes: 1 })
  expect(little).toMatchObject({ order: 3, ...expected })
  expect(little!.passes).toBeGreaterThan(3)
})

test('orders and memory out of range are refused, and counting stops when asked', async () => {
  const corpus = await encoded(Int32Array.of(0, -1))
  await expect(countNgrams(corpus, { orders: [0, 2] })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  these are no orders of n-grams
      expected whole numbers from 1 to 100
      found    0, 2]
  `)
  await expect(countNgrams(corpus, { memoryBytes: 1000 })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  the memory for n-grams is too small
      expected at least 1048576 bytes
      found    1000]
  `)
  await expect(countNgrams(corpus, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})

test('sharing sets distinct n-grams against the numbers in the vectors', () => {
  const rows = [{ order: 2, occurrences: 900, distinct: 500, once: 300, passes: 1 }]
  expect(parameterSharing(rows, { words: 50, dimensions: 20 })).toEqual({
    words: 50,
    dimensions: 20,
    parameters: 1000,
    rows: [{ ...rows[0], possible: 2500, perParameter: 0.5 }],
  })
})
