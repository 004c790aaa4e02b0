/** The training loop, top to bottom: data, step, log, evaluation, checkpoint, until the end or the stop. */
import type { Backend } from '../backend/backend.ts'
import type { Parameters } from '../nn/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { constantSchedule } from '../optim/schedules/constant.ts'
import type { Schedule, ScheduleState } from '../optim/schedules/schedule.ts'
import { foldIn, type Key } from '../random/keys.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { EvaluateRecord, EventRecord, MetricRecord, SampleRecord } from '../run/metric-record.ts'
import type { MetricsWriter } from '../run/metrics.ts'
import type { Run } from '../run/run-folder.ts'
import { createAccumulatingStep } from './accumulating-step.ts'
import type { BatchSource } from './batch-source.ts'
import { diverged, isSound } from './divergence.ts'
import { type EarlyStopping, isExhausted, type ScoreHistory, withScore } from './early-stopping.ts'
import type { Objective } from './objective.ts'
import { restoreTrainState, saveTrainCheckpoint } from './train-checkpoint.ts'
import type { TrainEvent, TrainListener } from './train-events.ts'
import { createProgress } from './train-progress.ts'
import { createTrainStep, type StepReport, type TrainState } from './train-step.ts'

/** Where a run stands when it evaluates or samples. */
export interface TrainPosition {
  readonly step: number
  /** Passes over the data, with fraction. */
  readonly epoch: number
}

/** What an evaluation found. */
export interface Evaluation {
  /** What the best checkpoint, early stopping and the plateau schedule go by; lower is better. */
  readonly score: number
  readonly records: readonly EvaluateRecord[]
}

/** All that a run is made of. */
export interface TrainOptions {
  readonly backend: Backend
  readonly objective: Objective
  readonly optimizer: Optimizer
  /** Makes the rate of each update from the optimiser's; the same throughout unless given. */
  readonly schedule?: Schedule | undefined
  readonly source: BatchSource
  /** Key of all random choices: initial parameters, and each step's dropout. */
  readonly key: Key
  /** Updates in all. */
  readonly steps: number
  /** Factor on the loss that is differentiated; see `StepOptions`. */
  readonly lossScale?: number | undefined
  /** Batches that one update takes together (gradient accumulation); 1 unless given. */
  readonly accumulate?: number | undefined
  /** Starts from these parameters instead of fresh ones. */
  readonly parameters?: Parameters | undefined
  /** Steps between lines of the log; 100 unless given. */
  readonly logEvery?: number | undefined
  /** Steps between evaluations; a pass over the data unless given. */
  readonly evaluateEvery?: number | undefined
  /** Steps between checkpoints, besides those after evaluations. */
  readonly checkpointEvery?: number | undefined
  /** Checkpoints to keep besides the best; 2 unless given. */
  readonly keep?: number | undefined
  readonly earlyStopping?: EarlyStopping | undefined
  /** Scores the parameters, which belong to the run: read them, keep no hold of them. */
  readonly evaluate?: ((parameters: Parameters, at: TrainPosition) => Promise<Evaluation>) | undefined
  /** Writes samples after an evaluation. */
  readonly sample?:
    | ((parameters: Parameters, at: TrainPosition) => Promise<readonly SampleRecord[]>)
    | undefined
  /** Where checkpoints go; none are made without. */
  readonly run?: Run | undefined
  /** Where records go. */
  readonly metrics?: MetricsWriter | undefined
  /** Goes on from here; `rewindRun` gives it. */
  readonly checkpoint?: Checkpoint | undefined
  readonly listeners?: readonly TrainListener[] | undefined
  /** Asks the run to stop: it finishes the step and makes a checkpoint. */
  readonly signal?: AbortSignal | undefined
}

/** How a run ended. */
export interface TrainResult {
  readonly outcome: 'finished' | 'stopped-early' | 'interrupted'
  readonly step: number
  readonly tokens: number
  readonly parameters: Parameters
  /** Best score of an evaluation and its step, if there was one. */
  readonly best: { readonly score: number; readonly step: number } | undefined
  /** Seconds of work, those before a resume included. */
  readonly seconds: number
}

/**
 * Trains.
 *
 * Records are written before the checkpoint of the same step, so that a run that is killed and resumed leaves the
 * files of one that was not.
 *
 * @throws `TRAINING_DIVERGED` when the loss or the gradient is not finite; `CHECKPOINT_OTHER_MODEL`
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { backend, objective, source, optimizer, steps, metrics, run, checkpoint } = options
  const { schedule = constantSchedule() } = options
  const accumulate = options.accumulate ?? 1
  const stepsPerEpoch = source.batchesPerEpoch / accumulate
  const logEvery = options.logEvery ?? 100
  const evaluateEvery = options.evaluateEvery ?? Math.ceil(stepsPerEpoch)
  const checkpointEvery = options.checkpointEvery ?? Number.POSITIVE_INFINITY
  const stepKey = foldIn(options.key, 'step')

  const { state, saved } = initialState(options)
  const progress = createProgress(saved?.progress)
  const counters = progress.state
  const createStep = accumulate === 1 ? createTrainStep : createAccumulatingStep
  const trainStep = await createStep(backend, objective, optimizer, state, { lossScale: options.lossScale })
  const position = (): TrainPosition => ({ step: counters.step, epoch: counters.step / stepsPerEpoch })
  const write = (record: MetricRecord) => metrics?.write(record)
  const note = (name: EventRecord['name'], message: string) =>
    write({ kind: 'event', step: counters.step, name, message })
  const emit = async (event: TrainEvent) => {
    for (const listener of options.listeners ?? []) await listener(event)
  }
  let lastCheckpoint = checkpoint?.step
  let scheduleState: ScheduleState = saved?.schedule ?? schedule.initialState
  let before: StepReport | undefined

  const save = async (score?: number) => {
    if (run === undefined) return
    note('checkpoint', `checkpoint of step ${counters.step}`)
    write({ kind: 'time', step: counters.step, parts: { ...counters.parts } })
    const folder = await progress.time('checkpoint', () => {
      metrics?.sync()
      const rest = { key: options.key, source: source.position(), schedule: scheduleState }
      const how = { keep: options.keep ?? 2, ...(score === undefined ? {} : { score }) }
      return saveTrainCheckpoint(run, trainStep.state(), { progress: counters, ...rest }, how)
    })
    lastCheckpoint = counters.step
    await emit({ kind: 'checkpoint', step: counters.step, folder })
  }
  const evaluate = async (): Promise<number | undefined> => {
    if (options.evaluate === undefined) return undefined
    const held = trainStep.state()
    const parameters = optimizer.evaluationParameters?.(held.parameters, held.optimizer) ?? held.parameters
    const { score, records } = await progress.time('evaluate', () =>
      options.evaluate!(parameters, position()),
    )
    for (const record of records) write(record)
    await emit({ kind: 'evaluate', step: counters.step, records })
    const samples =
      (await progress.time('evaluate', async () => options.sample?.(parameters, position()))) ?? []
    for (const record of samples) write(record)
    if (samples.length > 0) await emit({ kind: 'sample', step: counters.step, records: samples })
    scheduleState = schedule.observe?.(scheduleState, score) ?? scheduleState
    counters.scores = withScore(counters.scores, score, counters.step, options.earlyStopping?.minimumGain)
    return score
  }
  const result = (outcome: TrainResult['outcome']): TrainResult => {
    const { best, bestStep } = counters.scores
    return {
      outcome,
      step: counters.step,
      tokens: counters.tokens,
      parameters: trainStep.state().parameters,
      best: best === null ? undefined : { score: best, step: bestStep },
      seconds: progress.seconds(),
    }
  }

  try {
    if (saved === undefined) {
      note('start', `${steps} steps, ${stepsPerEpoch} in each pass over the data`)
      await save()
    } else if (counters.step < steps) note('resume', `from the checkpoint of step ${counters.step}`)
    await emit({ kind: 'start', step: counters.step, totalSteps: steps, stepsPerEpoch })
    let breath = performance.now()

    while (counters.step < steps && !isExhausted(counters.scores, options.earlyStopping)) {
      const batches = await progress.time('data', () =>
        Array.from({ length: accumulate }, () => source.next()),
      )
      const { step } = counters
      const passes = { epoch: Math.floor(step / stepsPerEpoch), totalEpochs: steps / stepsPerEpoch }
      const rate = schedule.rate(optimizer.rate, { step, totalSteps: steps, ...passes }, scheduleState)
      const call = { key: foldIn(stepKey, step), step, rate }
      const report = await progress.time('step', () => trainStep.run(batches, call))
      if (!isSound(report)) {
        const facts = {
          step: step + 1,
          report,
          before,
          rate,
          clip: optimizer.clip,
          checkpoint: lastCheckpoint,
          where: run?.path,
        }
        const error = diverged(facts)
        note('diverged', error.message)
        throw error
      }
      before = report
      progress.count(
        report,
        batches.reduce((sum, batch) => sum + batch.tokens, 0),
      )
      const { epoch } = position()
      const { loss, gradientNorm } = report
      const { tokens } = counters
      await emit({ kind: 'step', step: step + 1, totalSteps: steps, epoch, loss, gradientNorm, rate, tokens })

      const last = counters.step === steps
      const evaluates = counters.step % evaluateEvery === 0 || last
      if (counters.step % logEvery === 0 || evaluates) {
        const record = progress.takeRecord(epoch, rate, report)
        await progress.time('log', () => write(record))
        await emit({ kind: 'log', record })
      }
      const score = evaluates ? await evaluate() : undefined
      const stopsEarly = !last && isExhausted(counters.scores, options.earlyStopping)
      if (stopsEarly) note('early-stop', earlyStopText(counters.scores))
      if (last || stopsEarly) note('finish', `${counters.step} steps, ${counters.tokens} tokens`)
      const interrupted = options.signal?.aborted === true && !last && !stopsEarly
      if (interrupted) note('interrupt', `stopped by request after step ${counters.step}`)
      if (evaluates || interrupted || counters.step % checkpointEvery === 0) await save(score)
      if (interrupted) {
        const message = `stopped after step ${counters.step} of ${steps}; it can be resumed from there`
        await emit({ kind: 'interrupt', step: counters.step, message })
        return result('interrupted')
      }
      // Lets signals and timers in, which a backend that computes on this thread would starve.
      if (performance.now() - breath > 50) {
        await new Promise(resolve => setImmediate(resolve))
        breath = performance.now()
      }
    }

    const early = counters.step < steps
    const { step } = counters
    if (early) await emit({ kind: 'early-stop', step, message: earlyStopText(counters.scores) })
    await emit({ kind: 'finish', step, message: `${step} steps, ${counters.tokens} tokens` })
    return result(early ? 'stopped-early' : 'finished')
  } finally {
    await trainStep.dispose()
  }
}

function earlyStopText({ since, best, bestStep }: ScoreHistory): string {
  return `no gain in ${since} evaluations; best ${best} at step ${bestStep}`
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
