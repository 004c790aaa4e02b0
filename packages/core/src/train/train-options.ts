import type { Backend } from '../backend/backend.ts'
import type { Parameters } from '../nn/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Schedule } from '../optim/schedules/schedule.ts'
import type { Key } from '../random/keys.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { EvaluateRecord, SampleRecord } from '../run/metric-record.ts'
import type { MetricsWriter } from '../run/metrics.ts'
import type { Run } from '../run/run-folder.ts'
import type { BatchSource } from './batch-source.ts'
import type { EarlyStopping } from './early-stopping.ts'
import type { Objective } from './objective.ts'
import type { TrainListener } from './train-events.ts'

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
  /** Scores the parameters before the first update too: they may be the best, as when a trained model is tuned. */
  readonly evaluateFirst?: boolean | undefined
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
