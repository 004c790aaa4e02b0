import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError } from '@elman/core'
import type { VectorSource } from '../words/word-vectors.ts'
import { readAnalogies } from './analogy-questions.ts'
import { type AnalogyOptions, type AnalogyScore, evaluateAnalogies } from './evaluate-analogies.ts'
import { evaluateSimilarity, type SimilarityOptions, type SimilarityScore } from './evaluate-similarity.ts'
import { readSimilaritySet } from './similarity-set.ts'
import { tableOf } from './word-lookup.ts'

/** How everything in a folder is evaluated. */
export interface EvaluationOptions
  extends Pick<SimilarityOptions, 'unknown' | 'bootstrap' | 'caseInsensitive' | 'restrictVocabulary'> {
  /** Which analogies are asked. Default: with both methods. */
  readonly methods?: readonly NonNullable<AnalogyOptions['method']>[]
}

/** Scores on all sets of a folder. */
export interface Evaluation {
  readonly similarity: readonly SimilarityScore[]
  readonly analogies: readonly AnalogyScore[]
  /** Mean of Spearman's coefficients over the sets that have one, each set counting the same. */
  readonly meanSpearman: number
  /** Sets that have one. */
  readonly meanOver: number
}

/** The files of a folder: similarity sets in `word-sim/`, analogies in `analogy/`, each `*.txt`. */
export async function findEvaluationFiles(
  folder: string,
): Promise<{ readonly similarity: readonly string[]; readonly analogies: readonly string[] }> {
  const [similarity, analogies] = await Promise.all(
    ['word-sim', 'analogy'].map(part => textFiles(join(folder, part))),
  )
  if (similarity!.length + analogies!.length > 0) return { similarity: similarity!, analogies: analogies! }
  throw new ElmanError('EMBEDDING_EVALUATION_FOLDER', {
    message: 'there is nothing to evaluate with',
    expected: 'similarity sets as word-sim/*.txt, analogies as analogy/*.txt',
    where: folder,
  })
}

/**
 * Evaluates vectors on all similarity sets and analogies of a folder. Analogies are left out for a source without a
 * table of vectors. With `unknown` other than `skip`, analogies with unknown words count as wrong.
 *
 * @throws `EMBEDDING_EVALUATION_FOLDER`, and what reading and evaluating a set throws
 */
export async function evaluateAll(
  source: VectorSource,
  folder: string,
  { methods = ['3CosAdd', '3CosMul'], ...options }: EvaluationOptions = {},
): Promise<Evaluation> {
  const files = await findEvaluationFiles(folder)
  const similarity: SimilarityScore[] = []
  for (const file of files.similarity)
    similarity.push(evaluateSimilarity(source, await readSimilaritySet(file), options))

  const analogies: AnalogyScore[] = []
  const { unknown = 'skip', bootstrap: _, ...lookup } = options
  for (const file of tableOf(source) === undefined ? [] : files.analogies) {
    const questions = await readAnalogies(file)
    for (const method of methods) {
      const rule = unknown === 'skip' ? 'skip' : 'wrong'
      analogies.push(evaluateAnalogies(source, questions, { ...lookup, method, unknown: rule }))
    }
  }
  const scores = similarity.map(({ spearman }) => spearman.value).filter(value => !Number.isNaN(value))
  const meanSpearman = scores.reduce((sum, value) => sum + value, 0) / scores.length
  return { similarity, analogies, meanSpearman, meanOver: scores.length }
}

async function textFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return names
    .filter(name => name.endsWith('.txt'))
    .sort()
    .map(name => join(folder, name))
}
