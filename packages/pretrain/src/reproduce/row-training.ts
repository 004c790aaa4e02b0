/** The work of a row that trains: an experiment like any other in a run folder like any other, then its scoring. */
import { basename } from 'node:path'
import { openRun, readMetrics, readRun } from '@elman/core'
import { datasetsOf, loadCorpus } from '@elman/text'
import type { ExperimentEvent } from '../experiment/experiment-events.ts'
import { loadModel } from '../experiment/load-model.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from '../experiment/run-experiment.ts'
import type { ExperimentResult } from '../experiment/train-experiment.ts'
import { createEvaluator } from '../language-model/evaluate.ts'
import { type BudgetPlan, planBudget } from './budget.ts'
import { measureSpeed } from './measure-speed.ts'
import type { Row, RowExperiment } from './row.ts'
import { finishRow, type RowCard, type RowResult, writeRowCard } from './row-files.ts'
import { cutDownRows } from './row-folder.ts'
import type { PlacedRow } from './run-row.ts'

type Work = Extract<Row['work'], { kind: 'experiment' }>

/** Part of a budget that its measurement of speed may take, and the most seconds it takes. */
const MEASURING = { part: 0.02, most: 8 }

/** Trains the row or goes on with it, then scores it; nothing when it was stopped. */
export async function trainRow(placed: PlacedRow, work: Work): Promise<RowResult | undefined> {
  const { row, options } = placed
  const { backend, container, signal } = options
  let parameters: number | undefined
  const onEvent = async (event: ExperimentEvent) => {
    if (event.kind === 'model') parameters = event.parameters
    await options.onEvent?.({ kind: 'experiment', row: row.name, event })
  }
  const trained = placed.started
    ? await resumeExperiment(placed.path, { backend, container, signal, onEvent })
    : await startTraining(placed, work, onEvent)
  if (trained === undefined || trained.outcome === 'interrupted') return undefined
  await options.onEvent?.({ kind: 'row', row: row.name, state: 'scoring' })
  return scoreTrained(placed, work, trained, parameters)
}

/** Plans the training and begins it; nothing when it was stopped before it had a folder. */
async function startTraining(
  placed: PlacedRow,
  work: Work,
  onEvent: (event: ExperimentEvent) => Promise<void>,
): Promise<ExperimentResult | undefined> {
  const { row, folder, uses, options } = placed
  const { from } = work
  const { corpus, container, directory, baseDirectory, seed, budget, backendReference } = options
  const start = from === undefined ? undefined : uses.get(from)!
  const planned = start === undefined ? work : await onModelOf(start, work)
  const plan = await planBudget(
    planned.experiment,
    planned.reduction,
    budget,
    await sizesOf(options),
    async candidate => {
      await options.onEvent?.({ kind: 'row', row: row.name, state: 'measuring-speed' })
      const seconds = Math.min(MEASURING.most, MEASURING.part * budget.seconds!)
      return measureSpeed({ ...candidate, ...backendPart(backendReference) }, { ...options, seconds })
    },
  )
  if (options.signal?.aborted === true) return undefined // the speed was not measured to the end
  await options.onEvent?.({ kind: 'row-rule', row: row.name, rule: plan.rule })
  const complete = {
    ...{ ...plan.experiment, corpus, seed, sample: false, baseline: false },
    ...(start === undefined ? {} : { initialRun: { path: start } }),
    ...backendPart(backendReference),
  }
  const config = resolveExperiment(complete, container)
  const { backend, signal } = options
  return runExperiment(config, {
    ...{ backend, container, signal, directory, baseDirectory, name: folder },
    async onEvent(event) {
      if (event.kind === 'run') await writeRowCard(event.run, await cardOf(placed, plan))
      await onEvent(event)
    },
  })
}

/** A second stage has the model of the first as it was trained, which a budget may have made narrower. */
async function onModelOf(
  path: string,
  { experiment, reduction }: Work,
): Promise<Pick<Work, 'experiment' | 'reduction'>> {
  const { config } = await readRun(path)
  const { model } = config as unknown as RowExperiment
  return { experiment: { ...experiment, model }, reduction: { ...reduction, widths: [] } }
}

function backendPart(reference: unknown): { readonly backend?: unknown } {
  return reference === undefined ? {} : { backend: reference }
}

async function cardOf({ row, uses, options }: PlacedRow, plan: BudgetPlan): Promise<RowCard> {
  const { ladder, budget, seed, publishedText } = options
  const { tokensPerSecond } = plan
  const cut = await cutDownRows(uses.values())
  const rule = [plan.rule, ...cut.map(card => `${card.row}: ${card.rule}`)].join('; ')
  const full = plan.full && cut.length === 0
  return {
    ...{
      format: 1,
      ladder: ladder.name,
      row: row.name,
      budget: budget.name,
      seed,
      rule,
      full,
      publishedText,
    },
    ...(tokensPerSecond === undefined || !Number.isFinite(tokensPerSecond) ? {} : { tokensPerSecond }),
    uses: [...uses.values()].map(path => basename(path)),
  }
}

async function sizesOf({ corpus, baseDirectory, container, budget }: PlacedRow['options']) {
  if (budget.seconds === undefined) return { train: 0, valid: 0, test: 0 }
  const { splits } = await loadCorpus(corpus, { baseDirectory, datasets: datasetsOf(container) })
  const { train, valid, test } = splits
  return { train: train.ids.length, valid: valid?.ids.length ?? 0, test: test?.ids.length ?? 0 }
}

/** Scores valid and test whole, in order, the state carried over each: every token once. */
async function scoreTrained(
  { path, row, options }: PlacedRow,
  { checkpoint }: Work,
  trained: ExperimentResult,
  parameters: number | undefined,
): Promise<RowResult> {
  const { container, backend, signal } = options
  const run = await openRun(path)
  try {
    const {
      model,
      parameters: weights,
      vocabulary,
      config,
      baseDirectory,
    } = await loadModel(path, container, checkpoint)
    const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
    const start = performance.now()
    const evaluator = await createEvaluator(backend, model, vocabulary, config.evaluate)
    try {
      const score = (split: 'valid' | 'test') =>
        evaluator.tokenLogProbabilities(weights, corpus.splits[split]!.ids, { signal })
      const tokens = { valid: await score('valid'), test: await score('test') }
      const epochs = readMetrics(run).findLast(record => record.kind === 'train')?.epoch
      return await finishRow(run, tokens, {
        adaptive: row.adaptive,
        ...(parameters === undefined ? {} : { parameters }),
        ...(epochs === undefined ? {} : { epochs }),
        trainSeconds: trained.seconds,
        scoreSeconds: (performance.now() - start) / 1000,
        fingerprint: corpus.fingerprint,
      })
    } finally {
      await evaluator.dispose()
    }
  } finally {
    run.close()
  }
}
