import type { BaselineRecord, EvaluateRecord, Run, TrainEvent } from '@elman/core'
import type { VectorsCard } from './initial-vectors.ts'

/** Something that happened in an experiment. */
export type ExperimentEvent =
  | TrainEvent
  | { readonly kind: 'run'; readonly run: Run; readonly resumed: boolean }
  | {
      readonly kind: 'corpus'
      readonly name: string
      /** Tokens by split. */
      readonly tokens: Readonly<Record<string, number>>
      readonly vocabularySize: number
      /** Tokens of the training text's end that fill no window and are never trained on. */
      readonly droppedTokens: number
    }
  | { readonly kind: 'model'; readonly parameters: number }
  /** The word vectors that the model begins with, and a line that says so. */
  | { readonly kind: 'vectors'; readonly vectors: VectorsCard; readonly text: string }
  | { readonly kind: 'baseline'; readonly record: BaselineRecord }
  /** The test split, scored once at the end by the best checkpoint. */
  | { readonly kind: 'test'; readonly record: EvaluateRecord }

/** Hears of events; the experiment waits for what it returns. */
export type ExperimentListener = (event: ExperimentEvent) => void | Promise<void>
