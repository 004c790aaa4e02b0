/** A training run in progress: the compiled step with its counters, and what is written and told along the way. */
import type { Parameters } from '../nn/layer.ts'
import { constantSchedule } from '../optim/schedules/constant.ts'
import type { ScheduleState } from '../optim/schedules/schedule.ts'
import { foldIn } from '../random/keys.ts'
import type { EventRecord, MetricRecord } from '../run/metric-record.ts'
import { createAccumulatingStep } from './accumulating-step.ts'
import { passesOf, type SourceBatch } from './batch-source.ts'
import { diverged, isSound } from './divergence.ts'
import { isExhausted, withScore } from './early-stopping.ts'
import { NO_TRAIL, turnsUp, withTrail } from './score-trail.ts'
import { restoreTrainState, saveTrainCheckpoint } from './train-checkpoint.ts'
import type { TrainEvent } from './train-events.ts'
import type { TrainOptions, TrainPosition, TrainResult } from './train-options.ts'
import { createProgress } from './train-progress.ts'
import { createTrainStep, type StepReport, type TrainState } from './train-step.ts'

/** The parts of a training run that the loop puts in order. */
export interface TrainSession {
  /** Whether it goes on from a checkpoint. */
  readonly resumed: boolean
  /** Updates that make a pass over the data (the first, where passes differ); a fraction when batches are accumulated. */
  readonly stepsPerEpoch: number
  /** Whether the last update was the last of a pass, or the first of the next where batches are accumulated across. */
  endsPass(): boolean
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

  const passesAt = (step: number): number =>
    source.batchesBefore === undefined ? step / stepsPerEpoch : passesOf(source, step * accumulate)
  const position = (): TrainPosition => ({ step: counters.step, epoch: passesAt(counters.step) })
  const write = (record: MetricRecord) => metrics?.write(record)
  const note = (name: EventRecord['name'], message: string) =>
    write({ kind: 'event', step: counters.step, name, message })
  const emit = async (event: TrainEvent) => {
    for (const listener of options.listeners ?? []) await listener(event)
  }
  const rateNow = (): number => {
    const { step } = counters
    const epochs = { epoch: Math.floor(passesAt(step)), totalEpochs: passesAt(steps) }
    return schedule.rate(optimizer.rate, { step, totalSteps: steps, ...epochs }, scheduleState)
  }
  /** Notes a score for the non-monotonic rules; starts averaging or asks for the end when one of them says so. */
  const observeScore = async (score: number): Promise<void> => {
    const { earlyStopping } = options
    const averaging = optimizer.averaging?.patience
    const stopping = earlyStopping?.rule === 'non-monotonic' ? earlyStopping.patience : undefined
    if (averaging === undefined && stopping === undefined) return
    const { trail = NO_TRAIL, step } = counters
    const held = trainStep.state()
    const waits = averaging !== undefined && !optimizer.averaging!.hasStarted(held.optimizer)
    if (waits && turnsUp(trail, score, averaging)) {
      trainStep.load({ ...held, optimizer: optimizer.averaging!.start(held.optimizer, step) })
      const message = averagingText(step, averaging)
      note('start', message)
      await emit({ kind: 'averaging', step, message })
    }
    if (stopping !== undefined) counters.turnedUp = turnsUp(trail, score, stopping)
    counters.trail = withTrail(trail, score, Math.max(averaging ?? 0, stopping ?? 0))
  }
  const takeBatches = (): SourceBatch[] => Array.from({ length: accumulate }, () => source.next())

  return {
    resumed: saved !== undefined,
    stepsPerEpoch,
    step: () => counters.step,
    endsPass: () =>
      source.batchesBefore === undefined
        ? counters.step % Math.ceil(stepsPerEpoch) === 0
        : Math.floor(passesAt(counters.step)) > Math.floor(passesAt(counters.step - 1)),
    isExhausted: () => isExhausted(counters.scores, options.earlyStopping, counters.turnedUp === true),
    scoreText: () => {
      const { since, best, bestStep } = counters.scores
      const { rule, patience = 0 } = options.earlyStopping ?? {}
      if (rule === 'non-monotonic')
        return `score above all but the last ${patience}; best ${best} at step ${bestStep}`
      return `no gain in ${since} evaluations; best ${best} at step ${bestStep}`
    },
    note,
    emit,
    async update() {
      const batches = await progress.time('data', takeBatches)
      const { step } = counters
      const rate = rateNow() * rateFactor(batches)
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
      // A score before the first update may be the best, but the rules of what follows do not know it.
      if (step > 0) {
        scheduleState = schedule.observe?.(scheduleState, score) ?? scheduleState
        await observeScore(score)
      }
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

/** Factor of an update's learning rate: that of its batches, their mean where there are several. */
function rateFactor(batches: readonly SourceBatch[]): number {
  return batches.reduce((sum, batch) => sum + (batch.rateFactor ?? 1), 0) / batches.length
}

function averagingText(step: number, patience: number): string {
  return `the weights are averaged from step ${step} on: the score is above the lowest of all but the last ${patience}`
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
