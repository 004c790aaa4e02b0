/** The key figures of a run, found in its metrics. */
import type { BaselineRecord, EvaluateRecord, EventRecord, SampleRecord, TrainRecord } from './metrics.ts'
import type { RunFiles } from './run-files.ts'
import { median, totalOf } from './series.ts'

/** A run with its records by kind and the figures that a reader asks for first. */
export interface RunSummary {
  readonly files: RunFiles
  /** Name in figures and tables; unique in the report. */
  readonly label: string
  /** CSS colour of the run where several are drawn together. */
  readonly colour: string
  readonly train: readonly TrainRecord[]
  readonly evaluations: readonly EvaluateRecord[]
  readonly baselines: readonly BaselineRecord[]
  readonly samples: readonly SampleRecord[]
  readonly events: readonly EventRecord[]
  /** What a token is: word, character or byte; `token` if the run does not say. */
  readonly unit: string
  /** Name of the split watched during training, such as `validation`; undefined if none was evaluated. */
  readonly heldOutSplit: string | undefined
  /** The held-out evaluation of lowest loss. */
  readonly best: EvaluateRecord | undefined
  /** The last test evaluation, or the best held-out one where there is no test. */
  readonly final: EvaluateRecord | undefined
  /** The strongest baseline on the split of `final`. */
  readonly baseline: BaselineRecord | undefined
  readonly lastStep: number
  /** Passes over the training data, with fraction. */
  readonly epochs: number
  /** Tokens trained on, if the lines count them up. */
  readonly tokens: number
  /** Median over the logged steps. */
  readonly tokensPerSecond: number
  /** Over all sessions. */
  readonly seconds: number
  /** Name of the event that ended the run; undefined while it goes on or when it was killed. */
  readonly ended: string | undefined
}

const ENDINGS = ['finish', 'early-stop', 'interrupt', 'diverged']

/** Summarises runs for one report; equal names get a number. */
export function summarise(runs: readonly RunFiles[]): RunSummary[] {
  const seen = new Map<string, number>()
  return runs.map((files, index) => {
    const times = (seen.get(files.name) ?? 0) + 1
    seen.set(files.name, times)
    const label = times === 1 ? files.name : `${files.name} (${times})`
    return summariseRun(files, label, `var(--series-${(index % 7) + 1})`)
  })
}

function summariseRun(files: RunFiles, label: string, colour: string): RunSummary {
  const train = files.metrics.filter(record => record.kind === 'train')
  const evaluations = files.metrics.filter(record => record.kind === 'evaluate')
  const baselines = files.metrics.filter(record => record.kind === 'baseline')
  const events = files.metrics.filter(record => record.kind === 'event')
  const heldOutSplit = evaluations.find(record => record.split !== 'train' && record.split !== 'test')?.split
  const best = lowest(evaluations.filter(record => record.split === heldOutSplit))
  const final = evaluations.findLast(record => record.split === 'test') ?? best
  const counted = train.length > 1 && train.at(-1)!.tokens > train[0]!.tokens
  const last = events.findLast(({ name }) => name !== 'checkpoint') // one is made at the end too
  return {
    files,
    label,
    colour,
    train,
    evaluations,
    baselines,
    samples: files.metrics.filter(record => record.kind === 'sample'),
    events,
    unit: evaluations.findLast(record => record.unit !== undefined)?.unit ?? 'token',
    heldOutSplit,
    best,
    final,
    baseline: lowest(baselines.filter(record => record.split === final?.split)),
    lastStep: train.at(-1)?.step ?? evaluations.at(-1)?.step ?? Number.NaN,
    epochs: train.at(-1)?.epoch ?? Number.NaN,
    tokens: counted ? train.at(-1)!.tokens : Number.NaN,
    tokensPerSecond: median(train.map(record => record.tokensPerSecond)),
    seconds: train.length === 0 ? Number.NaN : totalOf(train.map(record => record.seconds)),
    ended: last !== undefined && ENDINGS.includes(last.name) ? last.name : undefined,
  }
}

function lowest<Scored extends { readonly loss: number }>(scores: readonly Scored[]): Scored | undefined {
  let found: Scored | undefined
  for (const score of scores) {
    if (Number.isFinite(score.loss) && (found === undefined || score.loss < found.loss)) found = score
  }
  return found
}
