import type { CheckpointFolder } from '../run/checkpoint-folders.ts'
import type { EvaluateRecord, SampleRecord, TrainRecord } from '../run/metric-record.ts'

/** Something that happened in a training run. */
export type TrainEvent =
  | {
      readonly kind: 'start'
      /** Updates done before; not zero when the run goes on. */
      readonly step: number
      readonly totalSteps: number
      readonly stepsPerEpoch: number
      /** What is differentiated, clipped and averaged, in words. */
      readonly text?: string | undefined
    }
  | {
      readonly kind: 'step'
      readonly step: number
      readonly totalSteps: number
      /** Passes over the data, with fraction. */
      readonly epoch: number
      /** Nats per token of this step alone. */
      readonly loss: number
      readonly gradientNorm: number
      readonly rate: number
      /** Tokens trained on so far. */
      readonly tokens: number
    }
  | { readonly kind: 'log'; readonly record: TrainRecord }
  | { readonly kind: 'evaluate'; readonly step: number; readonly records: readonly EvaluateRecord[] }
  | { readonly kind: 'sample'; readonly step: number; readonly records: readonly SampleRecord[] }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly folder: CheckpointFolder }
  /** From here on the weights are averaged, and evaluation uses the averages. */
  | { readonly kind: 'averaging'; readonly step: number; readonly message: string }
  | { readonly kind: 'early-stop'; readonly step: number; readonly message: string }
  | { readonly kind: 'interrupt'; readonly step: number; readonly message: string }
  | { readonly kind: 'finish'; readonly step: number; readonly message: string }

/** Hears of events; the run waits for what it returns. */
export type TrainListener = (event: TrainEvent) => void | Promise<void>
