import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledFolder } from '@elman/text'
import { afterAll, expect, test } from 'vitest'
import { readCooccurrences } from '../cooccurrence/cooccurrence-file.ts'
import { countCooccurrences } from '../cooccurrence/count-cooccurrences.ts'
import { WordTable } from '../words/word-table.ts'
import { ppmi } from './ppmi.ts'
import { SparseWordVectors } from './sparse-word-vectors.ts'
import { trainPpmiSvd } from './train-ppmi-svd.ts'

const folder = mkdtempSync(join(tmpdir(), 'elman-spectral-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The bundled Shakespeare; words that occur 5 times or more. */
function shakespeare() {
  const text = readFileSync(join(bundledFolder('tiny-shakespeare'), 'input.txt'), 'utf8').toLowerCase()
  const sentences = text.split('\n').map(line => line.match(/[a-z']+/g) ?? [])
  const found = new Map<string, number>()
  for (const word of sentences.flat()) found.set(word, (found.get(word) ?? 0) + 1)
  const kept = [...found].filter(([, count]) => count >= 5).sort((a, b) => b[1] - a[1])
  const words = WordTable.of(kept.map(([word]) => word))
  const ids = sentences.flatMap(line => [...line.map(word => words.indexOf(word)).filter(id => id >= 0), -1])
  const path = join(folder, 'text.ids')
  writeFileSync(path, new Uint8Array(Int32Array.from(ids).buffer))
  const counts = Float64Array.from(kept, ([, count]) => count)
  return { corpus: { path, ids: ids.length }, vocabulary: { words, counts } }
}
const { corpus, vocabulary } = shakespeare()
const { words } = vocabulary
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! ** 2
    bb += b[i]! ** 2
  }
  return ab / Math.sqrt(aa * bb)
}
const errorOf = (promise: Promise<unknown>) => promise.catch((error: Error) => error.message)

test.each([
  [1, 0.75],
  [5, 0.75],
  [1, 1],
] as const)(
  'PPMI with shift %d and smoothing %d is the logarithm of the definition where it is positive',
  async (shift, smoothing) => {
    const pairs = await countCooccurrences(corpus, words.count, { folder, window: 3 })
    const x = new Map<number, number>()
    const [rowSums, columnSums] = [new Float64Array(words.count), new Float64Array(words.count)]
    for await (const piece of readCooccurrences(pairs))
      for (let at = 0; at < piece.count; at++) {
        const [word, context, weight] = [piece.words[at]!, piece.contexts[at]!, piece.weights[at]!]
        x.set(word * words.count + context, weight)
        rowSums[word]! += weight
        columnSums[context]! += weight
      }
    const total = rowSums.reduce((a, b) => a + b)
    const smoothed = columnSums.reduce((sum, c) => sum + c ** smoothing, 0)
    const matrix = await ppmi(pairs, { shift, smoothing })
    let positive = 0
    for (const [place, weight] of x) {
      const [word, context] = [Math.floor(place / words.count), place % words.count]
      const p = weight / total / ((rowSums[word]! / total) * (columnSums[context]! ** smoothing / smoothed))
      if (Math.log(p) - Math.log(shift) > 1e-9) positive++
    }
    expect(Math.abs(matrix.values.length - positive)).toBeLessThanOrEqual(2)
    for (let word = 0; word < words.count; word += 97)
      for (let at = matrix.offsets[word]!; at < matrix.offsets[word + 1]!; at++) {
        const context = matrix.indices[at]!
        const weight = x.get(word * words.count + context)!
        const p = weight / total / ((rowSums[word]! / total) * (columnSums[context]! ** smoothing / smoothed))
        expect(matrix.values[at]! + Math.log(shift)).toBeCloseTo(Math.log(p), 5)
      }
  },
)

test('one call trains vectors on a text: the same bits every time, and neighbours that make sense', async () => {
  const options = { dimensions: 40, window: 4 }
  const first = await trainPpmiSvd(corpus, vocabulary, options)
  const again = await trainPpmiSvd(corpus, vocabulary, options)
  expect(again.vectors.matrix).toEqual(first.vectors.matrix)
  expect(again.singularValues).toEqual(first.singularValues)
  const { vectors } = first
  const between = (a: string, b: string) => cosine(vectors.getOrThrow(a), vectors.getOrThrow(b))
  expect(between('mother', 'father')).toBeGreaterThan(0.5)
  expect(between('mother', 'father')).toBeGreaterThan(between('mother', 'the') + 0.2)
  expect(between('my', 'thy')).toBeGreaterThan(between('my', 'are'))
  expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
  expect(first.report.entries).toBeLessThan(first.report.pairs)
})

test('the exponent scales the columns of U by powers of the singular values', async () => {
  const train = (exponent: number) => trainPpmiSvd(corpus, vocabulary, { dimensions: 5, window: 2, exponent })
  const [none, half, whole] = [await train(0), await train(0.5), await train(1)]
  for (const column of [0, 4]) {
    const scale = none.singularValues[column]!
    const u = none.vectors.row(7)[column]!
    expect(half.vectors.row(7)[column]! / u).toBeCloseTo(Math.sqrt(scale), 3)
    expect(whole.vectors.row(7)[column]! / u).toBeCloseTo(scale, 2)
  }
})

test('a word that always stands alone gets a vector of zeros, and the report counts it', async () => {
  const path = join(folder, 'alone.ids')
  const sentences = [[0, 1, 2], [3], [2, 0, 1], [1, 2, 0], [3]]
  const ids = Int32Array.from(sentences.flatMap(sentence => [...sentence, -1]))
  writeFileSync(path, new Uint8Array(ids.buffer))
  const few = { words: WordTable.of(['a', 'b', 'c', 'alone']), counts: Float64Array.of(3, 3, 3, 2) }
  const trained = await trainPpmiSvd({ path, ids: ids.length }, few, {
    dimensions: 2,
    sample: 0,
    smoothing: 1,
  })
  expect([...trained.vectors.getOrThrow('alone')]).toEqual([0, 0])
  expect(trained.report.zeroVectors).toBe(1)
  expect(trained.vectors.norms[0]).toBeGreaterThan(0)
})

test('sparse rows answer as the vectors they stand for', async () => {
  const pairs = await countCooccurrences(corpus, words.count, { folder, window: 3 })
  const source = new SparseWordVectors(words, await ppmi(pairs))
  expect(source.dimensions).toBe(words.count)
  for (const [a, b] of [
    ['king', 'queen'],
    ['king', 'king'],
    ['the', 'romeo'],
  ] as const)
    expect(source.similarity(a, b)).toBeCloseTo(cosine(source.vectorOf(a)!, source.vectorOf(b)!), 6)
  expect([source.vectorOf('zebra?'), source.similarity('king', 'zebra?')]).toEqual([undefined, undefined])
})

test('options that cannot be are refused', async () => {
  const train = (options: object) => errorOf(trainPpmiSvd(corpus, vocabulary, options))
  expect(await train({ exponent: 2 })).toMatchInlineSnapshot(`
    "EMBEDDING_SVD_INVALID  the singular values cannot be raised to that power
      expected exponent 0, 0.5 or 1
      found    2"
  `)
  expect(await train({ shift: 0 })).toMatchInlineSnapshot(`
    "EMBEDDING_PPMI_INVALID  shift must be above 0
      found    0"
  `)
  expect(await train({ smoothing: 2 })).toMatchInlineSnapshot(`
    "EMBEDDING_PPMI_INVALID  smoothing must lie between 0 and 1
      found    2"
  `)
  expect(await train({ signal: AbortSignal.abort() })).toMatch(/aborted/)
  const matrix = {
    rows: 1,
    columns: 1,
    offsets: Uint32Array.of(0, 0),
    indices: new Uint32Array(),
    values: new Float32Array(),
  }
  expect(() => new SparseWordVectors(words, matrix)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_SHAPE_MISMATCH  the parts of the word vectors do not fit together: rows of the sparse matrix
      expected 3330, one a word
      found    1]
  `)
})
