import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import type { SparseRows } from './context-rows.ts'
import { pairsTsv, testHypothesis } from './hypothesis-experiment.ts'
import { parameterSharing } from './parameter-sharing.ts'
import { renderHypothesis } from './render-hypothesis.ts'
import { randomPairs } from './word-pairs.ts'

const WORDS = 200
const TOPICS = 5
const names = Array.from({ length: WORDS }, (_, at) =>
  at === 7 ? '<b>&"' : at === 8 ? 'tab\there' : `w${at}`,
)
const words = WordTable.of(names)
const counts = Float64Array.from({ length: WORDS }, (_, at) => Math.ceil(10_000 / (at + 1)))

/** Words of a topic share a tenth to all of its 40 contexts. */
function contextRows(): SparseRows {
  const draws = random.uniform(random.key(1), WORDS * 40, 'float64')
  const [offsets, indices, values] = [[0], [] as number[], [] as number[]]
  for (let word = 0; word < WORDS; word++) {
    for (let at = 0; at < 40; at++) {
      const draw = draws[word * 40 + at]!
      if (draw < 0.3) continue
      indices.push((word % TOPICS) * 40 + at)
      values.push(1 + draw)
    }
    offsets.push(indices.length)
  }
  return { offsets, indices, values }
}

/** Vectors that point where the topic points, or anywhere. */
function vectorsOf(isTopical: boolean): WordVectors {
  const noise = random.normal(random.key(2), WORDS * TOPICS, 'float64')
  const matrix = Float32Array.from(noise, (value, at) => {
    const isOwn = at % TOPICS === Math.floor(at / TOPICS) % TOPICS
    return value * 0.3 + (isTopical && isOwn ? 1 : 0)
  })
  return new WordVectors({ words, dimensions: TOPICS, matrix })
}

const contexts = { counts: contextRows(), ppmi: contextRows() }
const run = (models: { name: string; vectors: WordVectors }[]) =>
  testHypothesis({
    words,
    counts,
    contexts,
    models,
    pairs: randomPairs(WORDS, { ranks: [1, WORDS], count: 1000 }),
    pairSource: '1000 random pairs <all ranks>',
    corpus: 'made & up',
    permutations: 200,
    sharing: parameterSharing([{ order: 2, occurrences: 9, distinct: 5, once: 4, passes: 1 }], {
      words: WORDS,
      dimensions: TOPICS,
    }),
  })

test('vectors that follow contexts support the hypothesis, vectors that do not do not', async () => {
  const { report } = await run([
    { name: 'topical', vectors: vectorsOf(true) },
    { name: 'blind', vectors: vectorsOf(false) },
  ])
  expect(report.verdict.level).toBe('supported')
  expect(report.results).toHaveLength(8)
  const rho = (model: string) => report.results.filter(each => each.model === model).at(-1)!.partial!
  expect(rho('topical')).toBeGreaterThan(0.4)
  expect(Math.abs(rho('blind'))).toBeLessThan(0.1)
  expect(report.agreement.map(({ models }) => models)).toEqual([['topical', 'blind']])
  const blind = await run([{ name: 'blind', vectors: vectorsOf(false) }])
  expect(blind.report.verdict.level).toBe('not supported')
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('models need names of their own', async () => {
  const vectors = vectorsOf(true)
  await expect(run([])).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  an experiment needs measures of contexts and models, each with a name of its own
      expected at least one of each, no name twice
      found    Jaccard of all contexts, Jaccard, PPMI > 0, Jaccard, top 100 by PPMI, weighted Jaccard of PPMI]
  `)
  const twice = run([
    { name: 'a', vectors },
    { name: 'a', vectors },
  ])
  await expect(twice).rejects.toThrow('each with a name of its own')
})

test('a test of contexts of another vocabulary is refused, and a test stops when asked', async () => {
  const models = [{ name: 'a', vectors: vectorsOf(true) }]
  const small = { offsets: [0, 0], indices: [], values: [] }
  const pairs = randomPairs(WORDS, { ranks: [1, WORDS], count: 50 })
  const options = { words, counts, contexts, models, pairs, pairSource: '', corpus: '' }
  await expect(
    testHypothesis({ ...options, contexts: { counts: small, ppmi: small } }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_SHAPE_MISMATCH  vocabulary, counts and contexts are not of one size
      expected 200 words
      found    200 counts, 1 and 1 rows of contexts
      count the contexts with this vocabulary]
  `)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(testHypothesis({ ...options, signal })).rejects.toThrow('enough')
  const told: number[] = []
  await testHypothesis({ ...options, onProgress: ({ done, total }) => told.push(done / total) })
  expect(told.at(-1)).toBe(1)
})

test('pairs become tab-separated lines of equal width', async () => {
  const { table } = await run([{ name: 'topical', vectors: vectorsOf(true) }])
  const lines = pairsTsv(table).trimEnd().split('\n')
  expect(lines).toHaveLength(1001)
  expect(lines[0]!.split('\t')).toEqual([
    'word a',
    'word b',
    'count a',
    'count b',
    'Jaccard of all contexts',
    'Jaccard, PPMI > 0',
    'Jaccard, top 100 by PPMI',
    'weighted Jaccard of PPMI',
    'topical',
  ])
  expect(new Set(lines.map(line => line.split('\t').length))).toEqual(new Set([9]))
})

test('the page shows verdict, figures and drawings, and words that are markup stay words', async () => {
  const { report, table } = await run([{ name: 'topical <1>', vectors: vectorsOf(true) }])
  const page = renderHypothesis(report, table)
  expect(page).toContain('<dt>Verdict</dt><dd>supported</dd>')
  expect(page.match(/<svg [^>]*class="chart"/g)).toHaveLength(5)
  expect(page).toContain('made &amp; up · 1000 random pairs &lt;all ranks&gt;')
  expect(page).toContain('topical &lt;1&gt;')
  expect(page).not.toContain('<b>&"')
  expect(page).not.toContain('NaN')
  expect(page).not.toMatch(/<script|src=|@import/)
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
  expect(page).toContain('Why share parameters')
})
