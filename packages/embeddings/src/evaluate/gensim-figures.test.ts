import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findDataFolder } from '@elman/text'
import { expect, test } from 'vitest'
import { analogy } from '../query/analogy.ts'
import { mostSimilar } from '../query/most-similar.ts'
import { doesNotMatch, similarity } from '../query/similarity.ts'
import { readAnalogies } from './analogy-questions.ts'
import { type AnalogyScore, evaluateAnalogies } from './evaluate-analogies.ts'
import { evaluateSimilarity } from './evaluate-similarity.ts'
import {
  fixturePath,
  type GensimAnalogies,
  type GensimPairs,
  type GensimRule,
  golden,
  goldenVectors,
} from './fixtures/golden-files.ts'
import { readSimilaritySet, type SimilaritySet } from './similarity-set.ts'

type Found = [word: string, score: number][]
interface Gensim {
  readonly pairs: readonly GensimPairs[]
  readonly analogies: readonly GensimAnalogies[]
  readonly queries: {
    readonly mostSimilar: { positive: string[]; negative: string[]; restrict: number | null; found: Found }[]
    readonly cosMul: { a: string; b: string; c: string; found: Found }[]
    readonly doesNotMatch: [string, string[]][]
    readonly similarity: [string, string, number][]
  }
}
const gensim = golden<Gensim>('gensim.json')
const vectors = goldenVectors()
const data = findDataFolder(process.env)

const lookup = (rule: GensimRule) => ({
  restrictVocabulary: rule.restrict_vocab,
  caseInsensitive: rule.case_insensitive ?? true,
})

function expectPairs(set: SimilaritySet, wanted: GensimPairs): void {
  const found = evaluateSimilarity(vectors, set, {
    ...lookup(wanted),
    unknown: wanted.dummy4unknown ? 'zero' : 'skip',
  })
  const where = `${set.name} ${JSON.stringify(wanted)}`
  if (wanted.unknownPercent === null) {
    expect(found.spearman.value, where).toBeNaN()
    return
  }
  expect((100 * (found.pairs - found.covered)) / found.pairs, where).toBeCloseTo(wanted.unknownPercent, 9)
  for (const kind of ['pearson', 'spearman'] as const) {
    const { value, pValue } = found[kind]
    const [r, p] = wanted[kind]!
    if (r === null) expect(value, where).toBeNaN()
    else expect(Math.abs(value - r), where).toBeLessThan(1e-6)
    if (p !== null && found.used > 2) expect(Math.abs(pValue - p) / p, where).toBeLessThan(1e-3)
  }
}

function expectAnalogies(found: AnalogyScore, wanted: GensimAnalogies): void {
  const counted = [...found.sections, { name: 'Total accuracy', ...found.total }].map(section => {
    const counts = found.unknown === 'wrong' ? section.questions : section.covered
    return [section.name, section.correct, counts - section.correct]
  })
  expect(counted).toEqual(wanted.sections)
  // Of no questions gensim's accuracy is 0, ours not a number.
  const { accuracy } = found.total
  if (Number.isNaN(accuracy)) expect([found.total.covered, wanted.accuracy]).toEqual([0, 0])
  else expect(accuracy).toBeCloseTo(wanted.accuracy, 12)
}

test("made-up pairs have gensim's coefficients under each rule", async () => {
  const set = await readSimilaritySet(fixturePath('made-up-pairs.txt'))
  expect(gensim.pairs).toHaveLength(8)
  for (const wanted of gensim.pairs) expectPairs(set, wanted)
})

test("made-up analogies have gensim's counts in each section under each rule, with both methods", async () => {
  const questions = await readAnalogies(fixturePath('made-up-questions.txt'))
  expect(gensim.analogies).toHaveLength(12)
  for (const wanted of gensim.analogies) {
    const found = evaluateAnalogies(vectors, questions, {
      ...lookup(wanted),
      unknown: wanted.dummy4unknown ? 'wrong' : 'skip',
      ...(wanted.method === 'most_similar_cosmul' && { method: '3CosMul', epsilon: 1e-6 }),
    })
    expectAnalogies(found, wanted)
  }
  expect(gensim.analogies[0]!.accuracy).toBeGreaterThan(0.3)
})

test("questions have gensim's answers", () => {
  const { queries } = gensim
  const same = (found: { word: string; similarity: number }[], wanted: Found) => {
    expect(found.map(({ word }) => word)).toEqual(wanted.map(([word]) => word))
    found.forEach(
      ({ similarity: score }, i) => void expect(Math.abs(score - wanted[i]![1])).toBeLessThan(2e-6),
    )
  }
  for (const { positive, negative, restrict, found } of queries.mostSimilar)
    same(
      mostSimilar(vectors, { positive, negative, top: 8, ...(restrict && { restrictVocabulary: restrict }) }),
      found,
    )
  for (const { found, ...question } of queries.cosMul)
    same(analogy(vectors, { ...question, method: '3CosMul', epsilon: 1e-6, top: 8 }), found)
  for (const [word, words] of queries.doesNotMatch) expect(doesNotMatch(vectors, words)).toBe(word)
  for (const [a, b, wanted] of queries.similarity) expect(similarity(vectors, a, b)).toBeCloseTo(wanted, 6)
})

const sets = [join(data ?? '', 'embeddings')].find(folder => data !== undefined && existsSync(folder))

test.skipIf(sets === undefined)(
  "all 13 similarity sets have gensim's coefficients (needs shared/data)",
  async () => {
    const wanted = golden<{ pairs: Record<string, GensimPairs[]> }>('gensim-real-sets.json').pairs
    const files = readdirSync(join(sets!, 'word-sim'))
    expect(files.sort()).toEqual(Object.keys(wanted).sort())
    expect(files).toHaveLength(13)
    for (const file of files) {
      const set = await readSimilaritySet(join(sets!, 'word-sim', file))
      expect(set.unreadableLines).toEqual([])
      for (const rule of wanted[file]!) expectPairs(set, rule)
    }
  },
)

test.skipIf(sets === undefined)("both analogy files have gensim's counts (needs shared/data)", async () => {
  const wanted = golden<{ analogies: Record<string, GensimAnalogies[]> }>('gensim-real-sets.json').analogies
  expect(Object.keys(wanted)).toHaveLength(2)
  for (const [file, rules] of Object.entries(wanted)) {
    const questions = await readAnalogies(join(sets!, 'analogy', file))
    expect(questions.unreadableLines).toEqual([])
    for (const rule of rules)
      expectAnalogies(
        evaluateAnalogies(vectors, questions, {
          ...lookup(rule),
          unknown: rule.dummy4unknown ? 'wrong' : 'skip',
        }),
        rule,
      )
  }
})
