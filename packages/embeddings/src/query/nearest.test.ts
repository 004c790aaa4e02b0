import { isElmanError, random } from '@elman/core'
import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { createNearest } from './nearest.ts'
import { unitVector } from './terms.ts'

/** Random vectors; every 50th is a copy of the one before it, so that there are ties. */
function someVectors(count: number, dimensions: number, seed = 1): WordVectors {
  const matrix = random.normal(random.key(seed), count * dimensions)
  for (let row = 50; row < count; row += 50)
    matrix.copyWithin(row * dimensions, (row - 1) * dimensions, row * dimensions)
  return new WordVectors({
    words: WordTable.of(Array.from({ length: count }, (_, i) => `w${i}`)),
    dimensions,
    matrix,
  })
}

const unit = (vectors: WordVectors, row: number) => Float32Array.from(unitVector(vectors.row(row)))

/** All rows by cosine in float64. */
function sorted(vectors: WordVectors, query: Float32Array): { index: number; score: number }[] {
  return Array.from({ length: vectors.count }, (_, index) => {
    const row = unitVector(vectors.row(index))
    return { index, score: query.reduce((sum, value, i) => sum + value * row[i]!, 0) }
  }).sort((a, b) => b.score - a.score || a.index - b.index)
}

test.each([
  [1000, 20],
  [257, 7],
  [5, 3],
])('%i rows of %i numbers are found in the order of their cosines', (count, dimensions) => {
  const vectors = someVectors(count, dimensions)
  const queries = [0, 1, 2, 3, 4].map(row => unit(vectors, row))
  const found = createNearest(vectors).search(queries, { top: 12 })
  queries.forEach((query, q) => {
    const wanted = sorted(vectors, query).slice(0, 12)
    expect(found[q]!.map(({ index }) => index)).toEqual(wanted.map(({ index }) => index))
    found[q]!.forEach(({ score }, i) => void expect(score).toBeCloseTo(wanted[i]!.score, 5))
  })
})

test('rows passed through a buffer give the bits of rows kept in memory', () => {
  const vectors = someVectors(3001, 30)
  const queries = Array.from({ length: 150 }, (_, row) => unit(vectors, row * 7))
  const kept = createNearest(vectors, { resident: true })
  const passed = createNearest(vectors, { resident: false })
  expect([kept.resident, passed.resident]).toEqual([true, false])
  expect(createNearest(vectors, { residentBytes: 1000 }).resident).toBe(false)
  expect(passed.search(queries)).toEqual(kept.search(queries))
  // One by one, or together: the same again.
  expect(queries.flatMap(query => kept.search([query]))).toEqual(kept.search(queries))
})

test('excluded rows and rows past the restriction are not found, and others take their place', () => {
  const vectors = someVectors(900, 16)
  const nearest = createNearest(vectors)
  const query = unit(vectors, 3)
  const all = sorted(vectors, query).filter(({ index }) => index < 300)
  const refused = all.slice(0, 40).map(({ index }) => index)
  const [found, other] = nearest.search([query, query], { restrictVocabulary: 300, exclude: [refused, []] })
  expect(found!.map(({ index }) => index)).toEqual(all.slice(40, 50).map(({ index }) => index))
  expect(other!.map(({ index }) => index)).toEqual(all.slice(0, 10).map(({ index }) => index))
})

test('more rows than there are cannot be found; asking for all of them is fine', () => {
  const vectors = someVectors(120, 8)
  expect(createNearest(vectors).search([unit(vectors, 0)], { top: 1000 })[0]).toHaveLength(120)
})

test('a row of zeros is like nothing', () => {
  const vectors = new WordVectors({
    words: WordTable.of(['zero', 'a', 'b']),
    dimensions: 2,
    matrix: Float32Array.of(0, 0, 3, 4, -3, -4),
  })
  const found = createNearest(vectors).search([Float32Array.of(0.6, 0.8)])[0]!
  expect(found.map(({ index, score }) => [index, Number(score.toFixed(6))])).toEqual([
    [1, 1],
    [0, 0],
    [2, -1],
  ])
})

test('analogies asked together are those asked alone, with 3CosAdd and with 3CosMul', () => {
  const vectors = someVectors(700, 12)
  const nearest = createNearest(vectors)
  const questions = Array.from({ length: 200 }, (_, i) => [i, (i * 7) % 700, (i * 31 + 5) % 700] as const)
  for (const epsilon of [0, 0.001]) {
    const together = nearest.analogies({ questions, epsilon, top: 3 })
    expect(
      questions.flatMap(question => nearest.analogies({ questions: [question], epsilon, top: 3 })),
    ).toEqual(together)
    together.forEach((rows, q) => {
      expect(rows).toHaveLength(3)
      for (const { index } of rows) expect(questions[q]).not.toContain(index)
    })
  }
  const all = nearest.analogies({ questions, epsilon: 0, excludeInputs: false, top: 1 })
  expect(all.filter((rows, q) => questions[q]!.includes(rows[0]!.index)).length).toBeGreaterThan(20)
})

test('analogies of more words than one pass takes are asked in several', () => {
  const vectors = someVectors(9000, 4)
  const nearest = createNearest(vectors)
  const questions = Array.from({ length: 3000 }, (_, i) => [i * 3, i * 3 + 1, i * 3 + 2] as const)
  const found = nearest.analogies({ questions, epsilon: 0, top: 1 })
  expect(found).toHaveLength(3000)
  for (const q of [0, 1364, 1365, 1366, 2999])
    expect(found[q]).toEqual(nearest.analogies({ questions: [questions[q]!], epsilon: 0, top: 1 })[0])
})

test('a request that makes no sense is refused', () => {
  const nearest = createNearest(someVectors(10, 4))
  const fails = (ask: () => unknown) => {
    try {
      ask()
      return 'nothing'
    } catch (error) {
      return isElmanError(error) ? error.message : error
    }
  }
  expect(fails(() => nearest.search([new Float32Array(4)], { top: 0 }))).toMatchInlineSnapshot(`
    "EMBEDDING_QUERY_INVALID  \`top\` cannot be 0
      expected a whole number above 0"
  `)
  expect(fails(() => nearest.search([new Float32Array(5)]))).toMatchInlineSnapshot(`
    "EMBEDDING_SHAPE_MISMATCH  a vector asked about has not as many numbers as those of the words
      expected 4
      found    5"
  `)
  expect(fails(() => nearest.search([], { restrictVocabulary: 1.5 }))).toMatchInlineSnapshot(`
    "EMBEDDING_QUERY_INVALID  \`restrictVocabulary\` cannot be 1.5
      expected a whole number above 0"
  `)
})
