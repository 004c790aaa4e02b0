/** What the scores must reach: section 8, items 5 to 8, of the embeddings reference. */
import type { Corpus } from './rows.ts'
import type { Score, ScoreName } from './scores.ts'

/** A result of one training. */
export interface Result {
  readonly method: string
  readonly corpus: Corpus
  readonly seed: number
  /** Seconds of the whole process that trained. */
  readonly seconds: number
  readonly scores: { readonly [name in ScoreName]: Score }
}

/** A bound on the mean over the seeds of one figure of one method. */
interface Bound {
  readonly method: string
  readonly corpus: Corpus
  readonly figure: ScoreName | 'seconds'
  readonly least?: number
  readonly most?: number
  /** Not further than so many points from another method on the same corpus, or from a recorded figure. */
  readonly near?: { readonly to: string | number; readonly points: number }
  /** What the reference measured or expected. */
  readonly predicted: number
}

const least = (
  method: string,
  corpus: Corpus,
  bounds: readonly (readonly [figure: ScoreName, least: number, predicted: number])[],
): Bound[] => bounds.map(([figure, least, predicted]) => ({ method, corpus, figure, least, predicted }))

const near = (
  method: string,
  corpus: Corpus,
  to: string | number,
  bounds: readonly (readonly [figure: ScoreName, points: number, predicted: number])[],
): Bound[] =>
  bounds.map(([figure, points, predicted]) => ({ method, corpus, figure, near: { to, points }, predicted }))

const BOUNDS: readonly Bound[] = [
  ...least('elman-sg', 'b', [
    ['ws353', 53, 57.7],
    ['simlex', 27, 29.2],
    ['men', 52, 54.5],
    ['mturk', 49, 52.1],
    ['rw', 33, 36],
    ['analogy', 16, 19],
  ]),
  ...near('elman-sg', 'b', 'gensim-sg', [
    ['men', 3, 54.5],
    ['simlex', 3, 29.2],
    ['ws353', 4, 57.7],
  ]),
  ...near('elman-shared', 'b', 'elman-sg', [
    ['men', 3, 54.9],
    ['simlex', 3, 29.2],
    ['ws353', 4, 58.3],
  ]),
  ...near('elman-cbow', 'b', 'gensim-cbow', [['men', 3, 55]]),
  ...near('elman-hs', 'b', 'gensim-hs', [['men', 3, 55]]),
  ...least('elman-sg', 'a', [
    ['men', 26, 29.5],
    ['mturk', 32, 35.9],
  ]),
  ...least('elman-sg-20', 'a', [
    ['ws353', 49, 52.8],
    ['men', 47, 50.5],
  ]),
  ...least('elman-ppmi-svd', 'a', [
    ['ws353', 50, 53.9],
    ['men', 49, 52.4],
    ['analogy', 12, 14.4],
  ]),
  { method: 'elman-ppmi-svd', corpus: 'a', figure: 'seconds', most: 20, predicted: 6 },
  ...least('elman-ppmi-svd', 'b', [['men', 60, 61.8]]),
  { method: 'elman-ppmi-svd', corpus: 'b', figure: 'seconds', most: 90, predicted: 30 },
  ...near('elman-glove', 'b', 43, [['men', 3, 43]]),
  ...near('elman-glove', 'b', 39.9, [['ws353', 5, 39.9]]),
  ...near('elman-glove', 'b', 'glove-c', [
    ['men', 3, 43],
    ['ws353', 5, 39.9],
  ]),
  ...near('elman-subwords', 'b', 'fasttext-subwords', [
    ['rw', 3, 35.8],
    ['analogy', 3, 44.1],
  ]),
]

/** A bound with what was measured. */
export interface Verdict {
  readonly what: string
  readonly predicted: number
  /** The bound in words. */
  readonly bound: string
  readonly measured: number | undefined
  readonly pass: boolean | undefined
}

/** Mean of a figure over the seeds of a method, or undefined. */
export function meanOf(
  results: readonly Result[],
  { method, corpus, figure }: Pick<Bound, 'method' | 'corpus' | 'figure'>,
): number | undefined {
  const list = results
    .filter(result => result.method === method && result.corpus === corpus)
    .map(({ seconds, scores }) => (figure === 'seconds' ? seconds : scores[figure].score))
  return list.length === 0 ? undefined : list.reduce((sum, score) => sum + score, 0) / list.length
}

/** Least agreement of contexts and vectors over random pairs of B, and what the reference measured. */
const AGREEMENT = { least: 58, predicted: 63.5 }

/**
 * Holds the results to the bounds.
 *
 * @param agreement - Spearman × 100 of context overlap and cosine on B, where it was worked out.
 */
export function judge(results: readonly Result[], agreement: number | undefined): Verdict[] {
  const { least, predicted } = AGREEMENT
  return [
    ...BOUNDS.map(bound => judgeBound(bound, results)),
    {
      ...{
        what: 'B sim_context ~ elman-sg, random pairs',
        predicted,
        bound: `at least ${least}`,
        measured: agreement,
      },
      pass: agreement === undefined ? undefined : agreement >= least,
    },
  ]
}

function judgeBound(bound: Bound, results: readonly Result[]): Verdict {
  const { method, corpus, figure, predicted } = bound
  const measured = meanOf(results, bound)
  const to = bound.near?.to
  const other = typeof to === 'string' ? meanOf(results, { method: to, corpus, figure }) : to
  const words =
    bound.least !== undefined
      ? `at least ${bound.least}`
      : bound.most !== undefined
        ? `at most ${bound.most}`
        : `within ${bound.near!.points} of ${typeof to === 'string' ? `${to}'s ${other?.toFixed(1) ?? '?'}` : `${to}, recorded`}`
  const complete = measured !== undefined && (bound.near === undefined || other !== undefined)
  const pass = complete
    ? measured >= (bound.least ?? -Infinity) &&
      measured <= (bound.most ?? Infinity) &&
      (bound.near === undefined || Math.abs(measured - other!) <= bound.near.points)
    : undefined
  return { what: `${corpus.toUpperCase()} ${method} ${figure}`, predicted, bound: words, measured, pass }
}
