/**
 * The work of rows that train nothing here: n-gram models, other evaluators of a trained model, and mixtures of what
 * other rows have scored. A stop leaves nothing half done: they begin again.
 */
import { basename } from 'node:path'
import {
  createRun,
  describeBackend,
  describeEnvironment,
  ElmanError,
  EVALUATOR,
  openRun,
  type Run,
  writeRunJson,
} from '@elman/core'
import { type Corpus, datasetsOf, loadCorpus } from '@elman/text'
import { loadModel } from '../experiment/load-model.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { interpolate, type WeightedScorer } from '../mixture/interpolate.ts'
import { unigramCache } from '../mixture/unigram-cache.ts'
import { trainKatz } from '../ngram/katz.ts'
import { trainKneserNey } from '../ngram/kneser-ney.ts'
import { storedNgrams } from '../ngram/ngram-model.ts'
import { withValues } from './change-config.ts'
import { rowsByName } from './ladder.ts'
import { isTrained, type MixturePart, type Row } from './row.ts'
import {
  finishRow,
  type NewRowResult,
  type RowCard,
  type RowResult,
  type RowTokens,
  readRowResult,
  readRowTokens,
  writeRowCard,
} from './row-files.ts'
import { cutDownRows } from './row-folder.ts'
import type { PlacedRow } from './run-row.ts'

/** What was done in place of the published thing, and whether a budget cut it down. */
interface Rule {
  readonly text: string
  readonly reduced?: boolean
}

type WorkOf<Kind extends Row['work']['kind']> = Extract<Row['work'], { kind: Kind }>

/** Counts an n-gram model on the training text and scores by it. */
export async function countNgramRow(
  placed: PlacedRow,
  { model: { type, order } }: WorkOf<'n-gram'>,
): Promise<RowResult | undefined> {
  const { row } = placed
  return inRun(placed, { text: 'counted, not trained: nothing to cut down' }, async corpus => {
    const { size: vocabularySize, endOfSentence } = corpus.vocabulary
    const start = performance.now()
    const train = type === 'katz' ? trainKatz : trainKneserNey
    const model = train(corpus.splits.train.ids, { order, vocabularySize, endOfSentence })
    const trainSeconds = secondsSince(start)
    const scoring = performance.now()
    const tokens = {
      valid: model.tokenLogProbabilities(corpus.splits.valid!.ids),
      test: model.tokenLogProbabilities(corpus.splits.test!.ids),
    }
    const scoreSeconds = secondsSince(scoring)
    return {
      tokens,
      rest: { adaptive: row.adaptive, parameters: storedNgrams(model), trainSeconds, scoreSeconds },
    }
  })
}

/** Scores another row's trained model by another evaluator. */
export async function evaluateRow(
  placed: PlacedRow,
  work: WorkOf<'evaluation'>,
): Promise<RowResult | undefined> {
  const { row, uses, options } = placed
  const { ladder, container, backend, budget, signal } = options
  const reduced = budget.seconds === undefined ? undefined : work.reduced
  const reference = reduced === undefined ? work.evaluator : withValues(work.evaluator, reduced.set)
  const path = uses.get(work.of)!
  const text = reduced === undefined ? `the model of ${work.of}` : `the model of ${work.of}; ${reduced.why}`
  return inRun(placed, { text, reduced: reduced !== undefined }, async corpus => {
    const base = await readRowResult(path)
    const trained = rowsByName(ladder).get(work.of)!.work
    const checkpoint = trained.kind === 'experiment' ? trained.checkpoint : undefined
    const { model, parameters, vocabulary } = await loadModel(path, container, checkpoint)
    const factory = container.create(EVALUATOR, reference, { path: 'evaluator' })
    const start = performance.now()
    const evaluator = await factory.create(model, vocabulary, backend, { training: corpus.splits.train.ids })
    try {
      const score = (split: 'valid' | 'test') =>
        evaluator.tokenLogProbabilities(parameters, corpus.splits[split]!.ids, { signal })
      const tokens = { valid: await score('valid'), test: await score('test') }
      const scoreSeconds = secondsSince(start)
      const known = base?.epochs === undefined ? {} : { epochs: base.epochs }
      const count = parameterCount(parameters)
      return {
        tokens,
        rest: { adaptive: row.adaptive, parameters: count, ...known, trainSeconds: 0, scoreSeconds },
      }
    } finally {
      await evaluator.dispose()
    }
  })
}

/** Mixes what other rows gave each token, and caches that read along. */
export async function mixRow(placed: PlacedRow, work: WorkOf<'mixture'>): Promise<RowResult | undefined> {
  const { row, uses } = placed
  const names = work.parts.map(part => `${part.weight} × ${'row' in part ? part.row : 'unigram cache'}`)
  return inRun(placed, { text: names.join(' + ') }, async corpus => {
    const start = performance.now()
    const stored = new Map<string, RowTokens>()
    let parameters = 0
    for (const [name, path] of uses) {
      parameters += (await sameText(name, path, corpus)).parameters ?? 0
      stored.set(name, await readRowTokens(path))
    }
    const mix = (split: 'valid' | 'test') =>
      interpolate(work.parts.map(part => weighted(part, stored, split, corpus))).logProbabilities(
        corpus.splits[split]!.ids,
      )
    const tokens = { valid: await mix('valid'), test: await mix('test') }
    const rest = { adaptive: row.adaptive, parameters, trainSeconds: 0, scoreSeconds: secondsSince(start) }
    return { tokens, rest }
  })
}

/** A part of a mixture as a scorer: what its row has stored, or a cache, which leaves the ends of sentences out. */
function weighted(
  part: MixturePart,
  stored: ReadonlyMap<string, RowTokens>,
  split: 'valid' | 'test',
  { vocabulary: { endOfSentence } }: Corpus,
): WeightedScorer {
  const { weight } = part
  if (!('row' in part)) {
    const excluded = endOfSentence === undefined ? [] : [endOfSentence]
    return unigramCache({ ...part.cache, weight, excluded })
  }
  const values = stored.get(part.row)![split]
  return { scorer: { name: part.row, adaptive: false, logProbabilities: async () => values }, weight }
}

/** The result of a row of the same text. @throws `REPRODUCE_OTHER_TEXT` */
async function sameText(name: string, path: string, { fingerprint }: Corpus): Promise<RowResult> {
  const result = await readRowResult(path)
  if (result?.fingerprint === fingerprint) return result
  throw new ElmanError('REPRODUCE_OTHER_TEXT', {
    message: `row ${name} was scored on another text`,
    expected: `fingerprint ${fingerprint}`,
    ...(result === undefined ? {} : { found: `fingerprint ${result.fingerprint}` }),
    where: path,
    hint: 'give another --directory for another text: rows are compared on the same tokens',
  })
}

/** Does a row's work in its run folder, made new or opened again; nothing when it was stopped. */
async function inRun(
  placed: PlacedRow,
  rule: Rule,
  work: (corpus: Corpus) => Promise<{
    readonly tokens: RowTokens
    readonly rest: Omit<NewRowResult, 'fingerprint'>
  }>,
): Promise<RowResult | undefined> {
  const { options } = placed
  const { container, baseDirectory, signal } = options
  // The text first: where it is not what it should be, no folder is made.
  const corpus = await loadCorpus(options.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const run = placed.started ? await openRun(placed.path) : await newRun(placed)
  try {
    await writeRunJson(run, 'config.json', configOf(placed))
    await writeRowCard(run, await cardOf(placed, rule))
    const { tokens, rest } = await work(corpus)
    return await finishRow(run, tokens, { ...rest, fingerprint: corpus.fingerprint })
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) return undefined
    throw error
  } finally {
    run.close()
  }
}

function newRun({ folder, row, options }: PlacedRow): Promise<Run> {
  const { backend, directory } = options
  return createRun(directory, {
    name: folder,
    config: { row: row.name },
    environment: describeEnvironment(describeBackend(backend), {
      packages: ['@elman/text', '@elman/pretrain'],
    }),
  })
}

function configOf({ row, options }: PlacedRow): object {
  return { corpus: options.corpus, row: row.name, ...row.work }
}

async function cardOf({ row, uses, options }: PlacedRow, rule: Rule): Promise<RowCard> {
  const { ladder, budget, seed, publishedText } = options
  const cut = await cutDownRows(uses.values())
  const trained = isTrained(row, rowsByName(ladder))
  return {
    ...{ format: 1, ladder: ladder.name, row: row.name, publishedText },
    ...(trained ? { budget: budget.name, seed } : { budget: 'full', seed: 0 }),
    rule: [rule.text, ...cut.map(card => `${card.row}: ${card.rule}`)].join('; '),
    full: rule.reduced !== true && cut.length === 0,
    uses: [...uses.values()].map(path => basename(path)),
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
