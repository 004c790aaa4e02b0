/** Scoring a file of vectors on five similarity sets and the analogy questions of word2vec. */
import { join } from 'node:path'
import {
  type AnalogyQuestions,
  createNearest,
  evaluateAnalogies,
  evaluateSimilarity,
  readAnalogies,
  readSimilaritySet,
  readWordVectors,
  type SimilaritySet,
} from '@elman/embeddings'

/** File of each similarity set. */
const SETS = {
  ws353: 'EN-WS-353-ALL.txt',
  simlex: 'EN-SIMLEX-999.txt',
  men: 'EN-MEN-TR-3k.txt',
  rw: 'EN-RW-STANFORD.txt',
  mturk: 'EN-MTurk-771.txt',
} as const

type SetName = keyof typeof SETS

/** What is scored: Spearman × 100 on a set, or per cent of the analogies. */
export type ScoreName = SetName | 'analogy' | 'analogyMul'

/** In the order of the tables. */
export const TITLES: { readonly [name in ScoreName]: string } = {
  ws353: 'WS353',
  simlex: 'SimLex',
  men: 'MEN',
  rw: 'RW',
  mturk: 'MTurk771',
  analogy: '3CosAdd %',
  analogyMul: '3CosMul %',
}
export const SCORE_NAMES = Object.keys(TITLES) as readonly ScoreName[]

/** A score and how much of the set it is of. */
export interface Score {
  readonly score: number
  readonly covered: number
  readonly total: number
}

/** What vectors are scored on. */
export interface Tests {
  readonly sets: readonly (readonly [SetName, SimilaritySet])[]
  readonly analogies: AnalogyQuestions
}

/** @param data - Folder with `embeddings/word-sim` and `embeddings/analogy`. */
export async function loadTests(data: string): Promise<Tests> {
  const folder = join(data, 'embeddings')
  const names = Object.keys(SETS) as SetName[]
  return {
    sets: await Promise.all(
      names.map(async name => [name, await readSimilaritySet(join(folder, 'word-sim', SETS[name]))] as const),
    ),
    analogies: await readAnalogies(join(folder, 'analogy', 'questions-words.txt')),
  }
}

/** gensim's vocabulary limit, above the vocabularies here. */
const OPTIONS = { restrictVocabulary: 300_000, caseInsensitive: true } as const

/** Scores the vectors of a file. */
export async function scoreFile(path: string, tests: Tests): Promise<{ [name in ScoreName]: Score }> {
  const { vectors } = await readWordVectors(path)
  const scores = {} as { [name in ScoreName]: Score }
  for (const [name, set] of tests.sets) {
    const { spearman, covered, pairs } = evaluateSimilarity(vectors, set, { ...OPTIONS, unknown: 'skip' })
    scores[name] = { score: 100 * spearman.value, covered, total: pairs }
  }
  const nearest = createNearest(vectors)
  for (const [name, method] of [
    ['analogy', '3CosAdd'],
    ['analogyMul', '3CosMul'],
  ] as const) {
    const { total } = evaluateAnalogies(nearest, tests.analogies, { ...OPTIONS, method })
    scores[name] = { score: 100 * total.accuracy, covered: total.covered, total: total.questions }
  }
  return scores
}
