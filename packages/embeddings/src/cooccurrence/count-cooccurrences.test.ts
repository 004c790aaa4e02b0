import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@elman/core'
import { afterAll, expect, test } from 'vitest'
import { openCooccurrences, readCooccurrences } from './cooccurrence-file.ts'
import { type CountCooccurrencesOptions, countCooccurrences } from './count-cooccurrences.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-cooccurrences-'))
afterAll(() => rmSync(folder, { recursive: true }))

function corpusOf(sentences: readonly (readonly number[])[], name = 'text.ids') {
  const ids = Int32Array.from(sentences.flatMap(sentence => [...sentence, -1]))
  const path = join(folder, name)
  writeFileSync(path, new Uint8Array(ids.buffer))
  return { path, ids: ids.length }
}

/** Sentences of 0 to 60 words, frequent ones far more often than rare ones. */
function randomSentences(count: number, words: number, seed: number): number[][] {
  const draws = random.uniform(random.key(seed), count * 61, 'float64')
  return Array.from({ length: count }, (_, at) => {
    const length = Math.floor(draws[at * 61]! * 61)
    return Array.from({ length }, (_, i) => Math.floor(words * draws[at * 61 + 1 + (i % 60)]! ** 4))
  })
}

/** By the definition: each neighbour at distance d ≤ window adds its weight, in rational numbers over `denominator`. */
function byDefinition(
  sentences: readonly (readonly number[])[],
  window: number,
  weightOf: (distance: number) => number,
  symmetric: boolean,
) {
  const sums = new Map<string, number>()
  const add = (word: number, context: number, weight: number) =>
    sums.set(`${word} ${context}`, (sums.get(`${word} ${context}`) ?? 0) + weight)
  for (const sentence of sentences)
    sentence.forEach((word, at) => {
      for (let before = Math.max(0, at - window); before < at; before++) {
        add(sentence[before]!, word, weightOf(at - before))
        if (symmetric) add(word, sentence[before]!, weightOf(at - before))
      }
    })
  return sums
}

async function pairsOf(file: Awaited<ReturnType<typeof countCooccurrences>>) {
  const pairs: [number, number, number][] = []
  for await (const { count, words, contexts, weights } of readCooccurrences(file))
    for (let at = 0; at < count; at++) pairs.push([words[at]!, contexts[at]!, weights[at]!])
  return pairs
}

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error: Error) => error.message.replaceAll(folder, '…'),
  )

test('three words count as on paper: harmonic weights, both directions, a word beside itself twice', async () => {
  const file = await countCooccurrences(
    corpusOf([
      [0, 1, 0, 2],
      [2, 2],
    ]),
    3,
    { folder, window: 2 },
  )
  expect(await pairsOf(file)).toEqual([
    [0, 0, 1], // distance 2, both ways: 2 · 1/2
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0.5],
    [2, 0, 1],
    [2, 1, 0.5],
    [2, 2, 2],
  ])
  expect(file).toMatchObject({ words: 3, records: 8, tokens: 6, total: 10 })
  expect(file.sha256).toBe(hashOf(file.path))
})

test('the file has the layout of the GloVe tool: int32 ranks from 1, float64 weight', async () => {
  const { path } = await countCooccurrences(corpusOf([[1, 0]]), 2, { folder, name: 'layout.bin' })
  const bytes = readFileSync(path)
  const record = (at: number) => [
    bytes.readInt32LE(at),
    bytes.readInt32LE(at + 4),
    bytes.readDoubleLE(at + 8),
  ]
  expect([bytes.length, record(0), record(16)]).toEqual([32, [1, 2, 1], [2, 1, 1]])
})

const cases: [CountCooccurrencesOptions['weighting'] & string, number, (d: number) => number][] = [
  ['harmonic', 10, d => 1 / d],
  ['harmonic', 40, d => 1 / d],
  ['linear', 5, d => (5 - d + 1) / 5],
  ['flat', 3, () => 1],
]
const sentences = randomSentences(200, 900, 7)

test.each(cases)(
  '%s weights in a window of %i words are those of the definition',
  async (weighting, window, weight) => {
    for (const symmetric of [true, false]) {
      const options = { folder, name: 'definition.bin', window, weighting, symmetric }
      const file = await countCooccurrences(corpusOf(sentences), 900, options)
      const expected = byDefinition(sentences, window, weight, symmetric)
      const found = await pairsOf(file)
      expect(found.length).toBe(expected.size)
      const tolerance = window > 22 ? 1e-7 : 1e-13
      const errors = found.map(([word, context, sum]) => sum / expected.get(`${word} ${context}`)! - 1)
      expect(errors.every(error => Math.abs(error) < tolerance)).toBe(true)
      const order = found.map(([word, context]) => word * 900 + context)
      expect(order.every((place, at) => at === 0 || place > order[at - 1]!)).toBe(true)
      expect(file.total).toBeCloseTo(
        [...expected.values()].reduce((sum, x) => sum + x),
        3,
      )
    }
  },
)

test('the bytes are the same whether pairs stayed in memory or went to the disk in many runs', async () => {
  const many = randomSentences(3000, 20_000, 3)
  const corpus = corpusOf(many, 'many.ids')
  for (const symmetric of [true, false]) {
    const hashes = []
    for (const memoryBytes of [2 ** 20, 2 ** 28]) {
      const options = { folder, name: 'memory.bin', window: 10, symmetric, memoryBytes }
      hashes.push((await countCooccurrences(corpus, 20_000, options)).sha256)
    }
    expect(new Set(hashes).size).toBe(1)
  }
  expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
})

test('sub-sampling leaves out frequent words before windows are taken, by seed', async () => {
  const corpus = corpusOf(sentences)
  const counts = new Float64Array(900)
  for (const word of sentences.flat()) counts[word]!++
  const count = (seed: number) =>
    countCooccurrences(corpus, 900, { folder, name: 'sample.bin', window: 5, sample: 0.002, counts, seed })
  const [first, again, other] = [await count(1), await count(1), await count(2)]
  const all = counts.reduce((sum, n) => sum + n)
  const expected = counts.reduce((sum, n) => {
    const t = (0.002 * all) / Math.max(1, n)
    return sum + n * Math.min(1, Math.sqrt(t) + t)
  }, 0)
  expect(Math.abs(first.tokens - expected)).toBeLessThan(4 * Math.sqrt(expected))
  expect(again.sha256).toBe(first.sha256)
  expect(other.sha256).not.toBe(first.sha256)
})

test('a corpus without pairs gives an empty file that opens', async () => {
  const file = await countCooccurrences(corpusOf([[0], [1]]), 2, { folder, name: 'none.bin' })
  expect(file).toMatchObject({ records: 0, tokens: 2, total: 0 })
  expect(await openCooccurrences(file.path)).toEqual(file)
})

test('progress is told and an abort stops the count and leaves nothing behind', async () => {
  const corpus = corpusOf(sentences)
  const phases = new Set<string>()
  await countCooccurrences(corpus, 900, { folder, onProgress: ({ phase }) => void phases.add(phase) })
  expect([...phases]).toEqual(['count co-occurrences', 'write co-occurrences'])
  const aborted = countCooccurrences(corpus, 900, { folder, name: 'x.bin', signal: AbortSignal.abort() })
  await expect(aborted).rejects.toThrow('aborted')
  expect(readdirSync(folder).filter(name => name.startsWith('.') || name.startsWith('x'))).toEqual([])
})

test('options out of range, foreign ids and damaged files are refused by name', async () => {
  const corpus = corpusOf([[0, 1, 7]], 'bad.ids')
  expect(await errorOf(countCooccurrences(corpus, 3, { folder }))).toMatchInlineSnapshot(`
    "EMBEDDING_IDS_INVALID  the encoded corpus is not one of this vocabulary
      expected ids below 3
      found    7
      in …/bad.ids
      encode the corpus again, with this vocabulary"
  `)
  expect(await errorOf(countCooccurrences({ ...corpus, ids: 9 }, 8, { folder }))).toMatchInlineSnapshot(`
    "EMBEDDING_IDS_INVALID  the encoded corpus is not one of this vocabulary
      expected 9 numbers
      found    4
      in …/bad.ids
      encode the corpus again, with this vocabulary"
  `)
  expect(await errorOf(countCooccurrences(corpus, 8, { folder, window: 0 }))).toMatchInlineSnapshot(`
    "EMBEDDING_COUNTING_INVALID  window must be a whole number
      expected 1 to 1000
      found    0"
  `)
  expect(await errorOf(countCooccurrences(corpus, 8, { folder, sample: 0.1 }))).toMatchInlineSnapshot(`
    "EMBEDDING_COUNTING_INVALID  sub-sampling needs the count of each word
      expected counts of 8 words
      found    none"
  `)
  expect(await errorOf(countCooccurrences(corpus, 8, { folder, memoryBytes: 9 }))).toMatchInlineSnapshot(`
    "EMBEDDING_COUNTING_INVALID  memoryBytes is too small
      expected at least 1048576
      found    9"
  `)
  const file = await countCooccurrences(corpus, 8, { folder, name: 'damaged.bin' })
  const bytes = readFileSync(file.path)
  bytes.writeInt32LE(9, 16)
  writeFileSync(file.path, bytes)
  expect(await errorOf(pairsOf(file))).toMatchInlineSnapshot(`
    "EMBEDDING_COOCCURRENCES_INVALID  this is not a file of co-occurrences that can be used
      expected words 1 to 8 and a positive weight
      found    words 9 and 8, weight 0.5 in record 1
      in …/damaged.bin
      count the co-occurrences again"
  `)
  writeFileSync(file.path, bytes.subarray(0, 20))
  expect(await errorOf(openCooccurrences(file.path))).toMatchInlineSnapshot(`
    "EMBEDDING_COOCCURRENCES_INVALID  this is not a file of co-occurrences that can be used
      expected 96 bytes
      found    20
      in …/damaged.bin
      count the co-occurrences again"
  `)
  writeFileSync(`${file.path}.json`, '{"format":')
  expect(await errorOf(openCooccurrences(file.path))).toMatchInlineSnapshot(`
    "EMBEDDING_COOCCURRENCES_INVALID  this is not a file of co-occurrences that can be used
      expected a description by elman
      found    ✖ Invalid input: expected object, received undefined
      in …/damaged.bin
      count the co-occurrences again"
  `)
})
