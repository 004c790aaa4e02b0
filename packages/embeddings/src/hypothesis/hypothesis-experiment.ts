import { setImmediate } from 'node:timers/promises'
import { ElmanError } from '@elman/core'
import { createProgressMeter, type OnProgress } from '../progress/embedding-progress.ts'
import type { WordTable } from '../words/word-table.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import type { ContextRows } from './context-rows.ts'
import { type PairSimilarity, type SimContextOptions, simContext, simVector } from './context-similarity.ts'
import type { ParameterSharing } from './parameter-sharing.ts'
import { type CorrelateOptions, correlateValues, type SimilarityCorrelation } from './rank-correlation.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import type { WordPair } from './word-pairs.ts'

/** Vectors under test. */
export interface HypothesisModel {
  readonly name: string
  readonly vectors: WordVectors
}

/** A way to say how alike two words' contexts are. */
export interface ContextMeasure extends SimContextOptions {
  readonly name: string
}

/** The four measures, from plain sets to weighted overlap; the last is what the verdict goes by. */
export const CONTEXT_MEASURES: readonly ContextMeasure[] = [
  { name: 'Jaccard of all contexts', set: 'all' },
  { name: 'Jaccard, PPMI > 0', set: 'ppmi' },
  { name: 'Jaccard, top 100 by PPMI', set: 'top', top: 100 },
  { name: 'weighted Jaccard of PPMI', set: 'ppmi', weight: 'value' },
]

/** What {@link testHypothesis} is given. */
export interface HypothesisOptions extends Pick<CorrelateOptions, 'bands' | 'permutations' | 'seed'> {
  /** The vocabulary, most frequent first, and occurrences of its words. */
  readonly words: WordTable
  readonly counts: ArrayLike<number>
  readonly contexts: ContextRows
  /** At least one; the verdict goes by the first. Words are matched by their letters. */
  readonly models: readonly HypothesisModel[]
  readonly pairs: readonly WordPair[]
  /** How the pairs were chosen, for a person. */
  readonly pairSource: string
  /** What text it is, for a person. */
  readonly corpus: string
  /** Default {@link CONTEXT_MEASURES}; the verdict goes by the last. */
  readonly measures?: readonly ContextMeasure[]
  /** Put into the report as it is. */
  readonly sharing?: ParameterSharing
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/** How one measure of contexts agrees with one model's vectors. */
export interface HypothesisResult extends SimilarityCorrelation {
  readonly measure: string
  readonly model: string
}

/** How two models agree with each other. */
export interface ModelAgreement extends SimilarityCorrelation {
  readonly models: readonly [string, string]
}

/** The report, plain data. */
export interface HypothesisReport {
  readonly format: 'elman-hypothesis'
  readonly version: 1
  readonly corpus: string
  readonly pairSource: string
  readonly pairs: number
  readonly measures: readonly ContextMeasure[]
  readonly models: readonly string[]
  /** Measure by measure, model by model. */
  readonly results: readonly HypothesisResult[]
  /** How the models agree with each other on the same pairs. */
  readonly agreement: readonly ModelAgreement[]
  readonly verdict: Verdict
  readonly sharing?: ParameterSharing
}

/** The pairs with all that was measured on them. */
export interface PairTable {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly countA: readonly number[]
  readonly countB: readonly number[]
  /** By name: measures first, then models; NaN where a word has no vector. */
  readonly columns: ReadonlyMap<string, readonly number[]>
}

/**
 * Tests the distributional hypothesis (Harris 1954) on one text: do words whose contexts overlap have vectors that
 * point the same way, beyond what their frequencies explain?
 *
 * @throws `EMBEDDING_HYPOTHESIS_INVALID` without models or measures, for names given twice, or for too few usable pairs;
 * `EMBEDDING_SHAPE_MISMATCH` when vocabulary, counts and contexts are not of one size;
 * the signal's reason when it is aborted.
 */
export async function testHypothesis(
  options: HypothesisOptions,
): Promise<{ readonly report: HypothesisReport; readonly table: PairTable }> {
  const { words, counts, contexts, models, pairs, measures = CONTEXT_MEASURES } = options
  checkNames(
    [...measures, ...models].map(({ name }) => name),
    measures.length,
    models.length,
  )
  checkSizes(words, counts, contexts)
  const columns = new Map<string, readonly number[]>()
  const measured = (name: string, similarity: PairSimilarity) => {
    columns.set(
      name,
      pairs.map(({ a, b }) => similarity(a, b)),
    )
  }
  const steps = measures.length + models.length + models.length * (measures.length + (models.length - 1) / 2)
  const meter = createProgressMeter('compare', 'rows', steps * pairs.length, options.onProgress)
  let done = 0
  const step = async () => {
    meter(pairs.length * done++)
    await setImmediate()
    options.signal?.throwIfAborted()
  }
  for (const measure of measures) {
    await step()
    measured(measure.name, simContext(contexts, measure))
  }
  for (const { name, vectors } of models) {
    await step()
    measured(name, simVector(vectors, words))
  }
  const compare = async (one: string, other: string) => {
    await step()
    return correlateColumns(pairs, columns.get(one)!, columns.get(other)!, options, counts)
  }
  const results: HypothesisResult[] = []
  for (const { name: measure } of measures)
    for (const { name: model } of models) results.push({ measure, model, ...(await compare(measure, model)) })
  const agreement: ModelAgreement[] = []
  for (const [at, { name: one }] of models.entries())
    for (const { name: other } of models.slice(at + 1))
      agreement.push({ models: [one, other], ...(await compare(one, other)) })
  meter(steps * pairs.length)
  const main = results.find(
    result => result.measure === measures.at(-1)!.name && result.model === models[0]!.name,
  )!
  const report: HypothesisReport = {
    format: 'elman-hypothesis',
    version: 1,
    corpus: options.corpus,
    pairSource: options.pairSource,
    pairs: pairs.length,
    measures,
    models: models.map(({ name }) => name),
    results,
    agreement,
    verdict: verdictOf(main),
    ...(options.sharing !== undefined && { sharing: options.sharing }),
  }
  const table: PairTable = {
    a: pairs.map(({ a }) => words.at(a)),
    b: pairs.map(({ b }) => words.at(b)),
    countA: pairs.map(({ a }) => counts[a]!),
    countB: pairs.map(({ b }) => counts[b]!),
    columns,
  }
  return { report, table }
}

/** The table as tab-separated text with a line of heads, for other tools. */
export function pairsTsv({ a, b, countA, countB, columns }: PairTable): string {
  const names = [...columns.keys()]
  const lines = [['word a', 'word b', 'count a', 'count b', ...names].map(plain).join('\t')]
  for (let at = 0; at < a.length; at++) {
    const values = names.map(name => {
      const value = columns.get(name)![at]!
      return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : ''
    })
    lines.push([plain(a[at]!), plain(b[at]!), countA[at]!, countB[at]!, ...values].join('\t'))
  }
  return `${lines.join('\n')}\n`
}

/** Tabs and line ends would be columns and lines of their own. */
function plain(text: string): string {
  return text.replace(/[\t\r\n]/g, ' ')
}

function correlateColumns(
  pairs: readonly WordPair[],
  left: readonly number[],
  right: readonly number[],
  { bands, permutations, seed }: HypothesisOptions,
  counts: ArrayLike<number>,
): SimilarityCorrelation {
  return correlateValues(pairs, left, right, {
    control: 'log-frequency',
    counts,
    ...(bands !== undefined && { bands }),
    ...(permutations !== undefined && { permutations }),
    ...(seed !== undefined && { seed }),
  })
}

function checkNames(names: readonly string[], measures: number, models: number): void {
  if (measures > 0 && models > 0 && new Set(names).size === names.length) return
  throw new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', {
    message: 'an experiment needs measures of contexts and models, each with a name of its own',
    expected: 'at least one of each, no name twice',
    found: names.join(', ') || 'none',
  })
}

function checkSizes(words: WordTable, counts: ArrayLike<number>, contexts: ContextRows): void {
  const rows = [contexts.counts.offsets.length - 1, contexts.ppmi.offsets.length - 1]
  if (counts.length === words.count && rows.every(each => each === words.count)) return
  throw new ElmanError('EMBEDDING_SHAPE_MISMATCH', {
    message: 'vocabulary, counts and contexts are not of one size',
    expected: `${words.count} words`,
    found: `${counts.length} counts, ${rows.join(' and ')} rows of contexts`,
    hint: 'count the contexts with this vocabulary',
  })
}
