/** A training run in progress: the compiled step with its counters, and what is written and told along the way. */
import type { Parameters } from '../nn/layer.ts'
import { constantSchedule } from '../optim/schedules/constant.ts'
import type { ScheduleState } from '../optim/schedules/schedule.ts'
import { foldIn } from '../random/keys.ts'
import type { EventRecord, MetricRecord } from '../run/metric-record.ts'
import { createAccumulatingStep } from './accumulating-step.ts'
import type { SourceBatch } from './batch-source.ts'
import { diverged, isSound } from './divergence.ts'
import { isExhausted, withScore } from './early-stopping.ts'
import { restoreTrainState, saveTrainCheckpoint } from './train-checkpoint.ts'
import type { TrainEvent } from './train-events.ts'
import type { TrainOptions, TrainPosition, TrainResult } from './train-options.ts'
import { createProgress } from './train-progress.ts'
import { createTrainStep, type StepReport, type TrainState } from './train-step.ts'

/** The parts of a training run that the loop puts in order. */
export interface TrainSession {
  /** Whether it goes on from a checkpoint. */
  readonly resumed: boolean
  /** Updates that make a pass over the data; a fraction when batches are accumulated. */
  readonly stepsPerEpoch: number
  /** Updates done. */
  step(): number
  /** Whether evaluations have brought no gain for too long. */
  isExhausted(): boolean
  /** What the history of scores says of that. */
  scoreText(): string
  /** One update. @throws `TRAINING_DIVERGED` */
  update(): Promise<void>
  /** Writes the line of the log for the updates since the last one. */
  log(): Promise<void>
  /** Scores and samples, and tells schedule and history. Returns the score; undefined without an evaluator. */
  evaluate(): Promise<number | undefined>
  /** Makes a checkpoint, where there is a run to put it. */
  save(score?: number): Promise<void>
  /** Records that something happened. */
  note(name: EventRecord['name'], message: string): void
  emit(event: TrainEvent): Promise<void>
  result(outcome: TrainResult['outcome']): TrainResult
  dispose(): Promise<void>
}

/** Compiles the step and restores what a checkpoint holds. */
export async function openSession(options: TrainOptions): Promise<TrainSession> {
  const { backend, objective, optimizer, source, steps, metrics, run, lossScale } = options
  const { schedule = constantSchedule(), accumulate = 1 } = options
  const stepsPerEpoch = source.batchesPerEpoch / accumulate
  const stepKey = foldIn(options.key, 'step')
  const { state, saved } = initialState(options)
  const progress = createProgress(saved?.progress)
  const counters = progress.state
  const createStep = accumulate === 1 ? createTrainStep : createAccumulatingStep
  const trainStep = await createStep(backend, objective, optimizer, state, { lossScale })
  let scheduleState: ScheduleState = saved?.schedule ?? schedule.initialState
  let lastCheckpoint = options.checkpoint?.step
  let last: { readonly report: StepReport; readonly rate: number } | undefined

  const position = (): TrainPosition => ({ step: counters.step, epoch: counters.step / stepsPerEpoch })
  const write = (record: MetricRecord) => metrics?.write(record)
  const note = (name: EventRecord['name'], message: string) =>
    write({ kind: 'event', step: counters.step, name, message })
  const emit = async (event: TrainEvent) => {
    for (const listener of options.listeners ?? []) await listener(event)
  }
  const rateNow = (): number => {
    const { step } = counters
    const epochs = { epoch: Math.floor(step / stepsPerEpoch), totalEpochs: steps / stepsPerEpoch }
    return schedule.rate(optimizer.rate, { step, totalSteps: steps, ...epochs }, scheduleState)
  }
  const takeBatches = (): SourceBatch[] => Array.from({ length: accumulate }, () => source.next())

  return {
    resumed: saved !== undefined,
    stepsPerEpoch,
    step: () => counters.step,
    isExhausted: () => isExhausted(counters.scores, options.earlyStopping),
    scoreText: () => {
      const { since, best, bestStep } = counters.scores
      return `no gain in ${since} evaluations; best ${best} at step ${bestStep}`
    },
    note,
    emit,
    async update() {
      const batches = await progress.time('data', takeBatches)
      const { step } = counters
      const rate = rateNow()
      const call = { key: foldIn(stepKey, step), step, rate }
      const report = await progress.time('step', () => trainStep.run(batches, call))
      if (!isSound(report)) {
        const { clip } = optimizer
        const known = { before: last?.report, rate, clip, checkpoint: lastCheckpoint, where: run?.path }
        const error = diverged({ step: step + 1, report, ...known })
        note('diverged', error.message)
        throw error
      }
      last = { report, rate }
      progress.count(
        report,
        batches.reduce((sum, { tokens }) => sum + tokens, 0),
      )
      const changed = optimizer.afterUpdate?.(trainStep.state(), counters.step)
      if (changed !== undefined) trainStep.load({ ...trainStep.state(), ...changed })
      const { loss, gradientNorm } = report
      const { tokens } = counters
      await emit({ kind: 'step', ...position(), totalSteps: steps, loss, gradientNorm, rate, tokens })
    },
    async log() {
      const record = progress.takeRecord(position().epoch, last!.rate, last!.report)
      await progress.time('log', () => write(record))
      await emit({ kind: 'log', record })
    },
    async evaluate() {
      if (options.evaluate === undefined) return undefined
      const { step } = counters
      const held = trainStep.state()
      const parameters: Parameters =
        optimizer.evaluationParameters?.(held.parameters, held.optimizer) ?? held.parameters
      const { score, records } = await progress.time('evaluate', () =>
        options.evaluate!(parameters, position()),
      )
      for (const record of records) write(record)
      await emit({ kind: 'evaluate', step, records })
      const samples =
        (await progress.time('evaluate', async () => options.sample?.(parameters, position()))) ?? []
      for (const record of samples) write(record)
      if (samples.length > 0) await emit({ kind: 'sample', step, records: samples })
      scheduleState = schedule.observe?.(scheduleState, score) ?? scheduleState
      counters.scores = withScore(counters.scores, score, step, options.earlyStopping?.minimumGain)
      return score
    },
    async save(score) {
      if (run === undefined) return
      const { step } = counters
      note('checkpoint', `checkpoint of step ${step}`)
      write({ kind: 'time', step, parts: { ...counters.parts } })
      const folder = await progress.time('checkpoint', () => {
        metrics?.sync()
        const rest = { key: options.key, source: source.position(), schedule: scheduleState }
        const how = { keep: options.keep ?? 2, ...(score === undefined ? {} : { score }) }
        return saveTrainCheckpoint(run, trainStep.state(), { progress: counters, ...rest }, how)
      })
      lastCheckpoint = step
      await emit({ kind: 'checkpoint', step, folder })
    },
    result(outcome) {
      const { step, tokens, scores } = counters
      const best = scores.best === null ? undefined : { score: scores.best, step: scores.bestStep }
      const { parameters } = trainStep.state()
      return { outcome, step, tokens, parameters, best, seconds: progress.seconds() }
    },
    dispose: () => trainStep.dispose(),
  }
}

/** Fresh parameters and counters, or those of the checkpoint. */
function initialState({ objective, optimizer, key, source, checkpoint, parameters }: TrainOptions) {
  const start = parameters ?? objective.init(foldIn(key, 'parameters'))
  const fresh: TrainState = {
    parameters: start,
    optimizer: optimizer.init(start),
    carried: objective.initialState(),
  }
  if (checkpoint === undefined) return { state: fresh, saved: undefined }
  const { state, saved } = restoreTrainState(checkpoint, fresh)
  source.restore(saved.source)
  return { state, saved }
}
