import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { type VectorSource, WordVectors } from '../words/word-vectors.ts'
import { compareOnSimilarity } from './compare-similarity.ts'
import { evaluateSimilarity } from './evaluate-similarity.ts'
import { fixturePath, goldenVectors } from './fixtures/golden-files.ts'
import { parseSimilaritySet, readSimilaritySet } from './similarity-set.ts'

const vectors = new WordVectors({
  words: WordTable.of(['cat', 'dog', 'Dog', 'sun', 'rare']),
  dimensions: 2,
  matrix: Float32Array.of(1, 0.1, 1, 0.3, -1, -1, 0.2, 1, 0, 2),
})
const set = parseSimilaritySet(
  'cat\tdog\t9\ncat\tsun\t3\ndog\tSUN\t4\ncat\trare\t1\ncat\tunknown\t2\nmissing\tunknown\t7\nodd line',
  'animals',
)

/** Spells every word as one vector, as fastText would from its letters. */
const speller: VectorSource & { vectors: WordVectors } = {
  vectors,
  dimensions: 2,
  spellsUnknownWords: true,
  vectorOf: word => vectors.get(word) ?? Float32Array.of(word === word.toLowerCase() ? 1 : -1, word.length),
}

test('a score comes with coverage, rule and the words that are unknown', () => {
  const score = evaluateSimilarity(vectors, set)
  expect(score).toMatchObject({
    ...{ set: 'animals', pairs: 6, covered: 4, used: 4, unknown: 'skip', unreadableLines: 1 },
    ...{ caseInsensitive: true, restrictVocabulary: 300_000, unknownWords: ['unknown', 'missing'] },
  })
  // Cosines: cat dog .98, dog sun .47, cat sun .30, cat rare .10, in the order of the scores.
  expect(score.spearman.value).toBe(1)
  expect(score.interval).toBeUndefined()
})

test('of words that differ in case the first one counts, or only the very same word', () => {
  const only = evaluateSimilarity(vectors, set, { caseInsensitive: false })
  expect([only.covered, only.unknownWords]).toEqual([3, ['SUN', 'unknown', 'missing']])
  const upper = parseSimilaritySet('CAT\tDOG\t1\nCAT\tSUN\t2\n', 'upper')
  // Both pairs are those of "dog", not of "Dog": less similar pairs have the higher score here.
  expect(evaluateSimilarity(vectors, upper).spearman.value).toBe(-1)
})

test('words past the restriction are unknown', () => {
  expect(evaluateSimilarity(vectors, set, { restrictVocabulary: 4 }).unknownWords).toEqual([
    'rare',
    'unknown',
    'missing',
  ])
})

test('unknown words are skipped, zero, the mean vector or spelled', () => {
  const rules = ['skip', 'zero', 'mean-vector', 'subword'] as const
  const scores = rules.map(unknown => evaluateSimilarity(speller, set, { unknown }))
  expect(scores.map(({ covered, used }) => [covered, used])).toEqual([
    [4, 4],
    [4, 6],
    [4, 6],
    [4, 6],
  ])
  expect(new Set(scores.map(({ pearson }) => pearson.value.toFixed(6))).size).toBe(4)
  expect(evaluateSimilarity(vectors, set).spearman).toEqual(scores[0]!.spearman)
})

test('a rule that the vectors cannot follow is refused', () => {
  expect(() => evaluateSimilarity(vectors, set, { unknown: 'subword' })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE  these vectors cannot do \`unknown: 'subword'\`: they have no parts of words
      a fastText .bin has them; a .vec file has not]
  `)
  const withoutTable: VectorSource = {
    dimensions: 2,
    spellsUnknownWords: false,
    vectorOf: word => vectors.get(word),
  }
  expect(evaluateSimilarity(withoutTable, set).covered).toBe(4)
  expect(() =>
    evaluateSimilarity(withoutTable, set, { unknown: 'mean-vector' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE  these vectors cannot do \`unknown: 'mean-vector'\`: there is no table of all of them
      take \`unknown: 'skip'\` or \`'zero'\`]
  `)
})

test('without a known pair the coefficients are not numbers', () => {
  const score = evaluateSimilarity(vectors, parseSimilaritySet('a\tb\t1\n', 'none'), { bootstrap: true })
  expect([score.covered, score.spearman.value, score.interval!.lower]).toEqual([0, Number.NaN, Number.NaN])
})

test('two models are compared on the pairs that both know', async () => {
  const whole = goldenVectors()
  const rows = Array.from({ length: 2200 }, (_, i) => i)
  const fewer = new WordVectors({
    words: whole.words.select(rows),
    dimensions: whole.dimensions,
    // Its vectors are worse: two numbers are gone.
    matrix: whole.matrix.slice(0, 2200 * whole.dimensions).map((value, i) => (i % 16 < 2 ? 0 : value)),
  })
  const pairs = await readSimilaritySet(fixturePath('made-up-pairs.txt'))
  const compared = compareOnSimilarity(whole, fewer, pairs, { bootstrap: { samples: 500, seed: 4 } })
  const alone = [whole, fewer].map(model => evaluateSimilarity(model, pairs))
  expect(compared.shared).toBe(alone[1]!.used)
  expect(compared.shared).toBeLessThan(alone[0]!.used)
  expect(compared.second).toEqual(alone[1]!.spearman)
  expect(compared.first).toEqual(evaluateSimilarity(whole, pairs, { restrictVocabulary: 2200 }).spearman)
  expect(compared.difference).toBeCloseTo(compared.first.value - compared.second.value, 12)
  expect(compared.interval.lower).toBeLessThan(compared.difference)
  expect(compared.interval.upper).toBeGreaterThan(compared.difference)
  expect(compared.test.degrees).toBe(compared.shared - 3)
  expect(Math.sign(compared.test.t)).toBe(Math.sign(compared.difference))

  const same = compareOnSimilarity(whole, whole, pairs)
  expect([same.difference, same.test.pValue, same.interval.lower]).toEqual([0, 1, 0])
})
