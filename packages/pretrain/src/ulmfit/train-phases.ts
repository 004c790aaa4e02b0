/**
 * Trainings in phases, each with layers, rates and a schedule of its own, and a fresh optimiser. With a folder each
 * phase is a run in it: one that is finished is not done again, one that was stopped goes on from its checkpoint with
 * the same numbers.
 */
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Backend,
  type BatchSource,
  batchesOf,
  canonicalJson,
  createRun,
  describeBackend,
  describeEnvironment,
  ElmanError,
  type Evaluation,
  flattenParameters,
  type JsonValue,
  type Key,
  type Objective,
  type Optimizer,
  openRun,
  type Parameters,
  random,
  readSafetensors,
  rewindRun,
  type Schedule,
  type TrainEvent,
  train,
  unflattenParameters,
  writeSafetensors,
} from '@elman/core'

/** A phase, ready to run. */
export interface PlannedPhase {
  readonly objective: Objective
  readonly optimizer: Optimizer
  readonly schedule: Schedule
  readonly source: BatchSource
  /** Passes over the data. */
  readonly epochs: number
  /** What the phase depends on: a folder of another one is refused. */
  readonly config: JsonValue
}

/** Something that happened in a phase, from 1 to `phases`. */
export interface PhaseEvent {
  readonly phase: number
  readonly phases: number
  readonly event: TrainEvent
}

/** A training in phases. */
export interface PhasedTraining {
  readonly backend: Backend
  readonly parameters: Parameters
  readonly phases: readonly PlannedPhase[]
  readonly key: Key
  /** Where runs of the phases lie; without it nothing is kept, and a stop loses the training. */
  readonly directory?: string | undefined
  /** Updates between checkpoints, besides those after each pass; 200 unless given. */
  readonly checkpointEvery?: number | undefined
  /** Scores the parameters after each pass; lower is better. It only tells. */
  readonly evaluate?: ((parameters: Parameters) => Promise<number>) | undefined
  readonly signal?: AbortSignal | undefined
  /** Hears of events; training waits for what it returns. */
  readonly onEvent?: ((event: PhaseEvent) => void | Promise<void>) | undefined
}

/** How a training in phases ended. */
export interface PhasedResult {
  readonly outcome: 'finished' | 'interrupted'
  readonly parameters: Parameters
}

const FINISHED = 'parameters.safetensors'

/**
 * Trains phase after phase.
 *
 * @throws `ULMFIT_PHASE_DIFFERS` when the folder holds phases of another training; as `train`
 */
export async function trainPhases(training: PhasedTraining): Promise<PhasedResult> {
  let { parameters } = training
  for (const [index, phase] of training.phases.entries()) {
    const result = await trainPhase(training, phase, index, parameters)
    parameters = result.parameters
    if (result.outcome === 'interrupted') return result
  }
  return { outcome: 'finished', parameters }
}

async function trainPhase(
  training: PhasedTraining,
  phase: PlannedPhase,
  index: number,
  parameters: Parameters,
): Promise<PhasedResult> {
  const { backend, key, directory, signal, checkpointEvery = 200, evaluate, onEvent } = training
  const { objective, optimizer, schedule, source, epochs } = phase
  const run = directory === undefined ? undefined : await phaseRun(training, phase, directory, index)
  try {
    const finished = run === undefined ? undefined : join(run.path, FINISHED)
    if (finished !== undefined && (await exists(finished))) {
      const { tensors: arrays } = await readSafetensors(finished)
      return { outcome: 'finished', parameters: unflattenParameters(arrays) as Parameters }
    }
    const checkpoint = run === undefined ? undefined : await rewindRun(run)
    const result = await train({
      ...{
        backend,
        objective,
        optimizer,
        schedule,
        source,
        parameters,
        run,
        checkpoint,
        signal,
        checkpointEvery,
      },
      key: random.foldIn(key, index),
      steps: batchesOf(source, epochs),
      keep: 1,
      evaluate:
        evaluate === undefined
          ? undefined
          : async (held): Promise<Evaluation> => ({ score: await evaluate(held), records: [] }),
      listeners:
        onEvent === undefined
          ? []
          : [event => onEvent({ phase: index + 1, phases: training.phases.length, event })],
    })
    if (result.outcome === 'interrupted') return { outcome: 'interrupted', parameters: result.parameters }
    if (finished !== undefined) await writeSafetensors(finished, flattenParameters(result.parameters))
    return { outcome: 'finished', parameters: result.parameters }
  } finally {
    run?.close()
  }
}

/** The run of a phase: opened again where it is there. */
async function phaseRun(
  { backend }: PhasedTraining,
  { config }: PlannedPhase,
  directory: string,
  index: number,
) {
  const name = `phase-${index + 1}`
  const path = join(directory, name)
  await mkdir(directory, { recursive: true })
  if (!(await exists(join(path, 'config.json')))) {
    return createRun(directory, { name, config, environment: describeEnvironment(describeBackend(backend)) })
  }
  const run = await openRun(path)
  if (canonicalJson(run.config) === canonicalJson(config)) return run
  run.close()
  throw new ElmanError('ULMFIT_PHASE_DIFFERS', {
    message: `phase ${index + 1} in this folder is of another training`,
    expected: canonicalJson(config),
    found: canonicalJson(run.config),
    where: path,
    hint: 'go on with the options that it began with, or give another folder',
  })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
