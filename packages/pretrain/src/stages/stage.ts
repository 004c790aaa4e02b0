/**
 * A stage of a pipeline: named artefacts in, named artefacts out. What a stage learns lives in the artefacts; a
 * pipeline is a list of stages, and one that is finished is not run again.
 */
import type { Backend, ElmanContainer } from '@elman/core'
import type { Artefact, ArtefactFacts } from './artefact.ts'

/** Facts of artefacts that decide whether ids and weights belong together. */
export type AgreedFact = 'vocabulary' | 'tokenizer' | 'direction'

/** What a stage takes or gives under one name. */
export interface Port {
  /** Kind of artefact, such as `language-model`. */
  readonly kind: string
  /** What it is for, in half a line. */
  readonly summary: string
  /** Inputs alone: whether the stage can do without. */
  readonly optional?: boolean
  /** Inputs alone: facts that need not be those of the other inputs, such as the vocabulary of a model to tune. */
  readonly mayDiffer?: readonly AgreedFact[]
}

/** What happens while a stage works. */
export type StageEvent =
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'progress'
      readonly phase: string
      readonly done: number
      readonly total: number
      /** What is counted: `tokens`, `sentences`. */
      readonly unit: string
      /** Of them, a second. */
      readonly rate: number
      readonly secondsLeft: number
      readonly loss?: number
    }
  | { readonly kind: 'score'; readonly name: string; readonly value: number; readonly step?: number }

/** What a stage is given. */
export interface StageContext {
  /** By the names of `inputs`; optional ones may be absent. */
  readonly inputs: { readonly [name: string]: Artefact }
  /**
   * The stage's own folder, kept until it is finished: checkpoints go here. A stage that was killed finds what it left.
   */
  readonly workDirectory: string
  /** Folder that relative paths of the config start from. */
  readonly baseDirectory: string
  readonly container: ElmanContainer
  readonly backend: Backend
  /** The `backend` part of the config, for experiments that a stage runs. */
  readonly backendReference: unknown
  /** Of this stage: the pipeline's seed and the stage's name decide it. */
  readonly seed: number
  /** Asks the stage to stop soon, with what it has in `workDirectory`. */
  readonly signal: AbortSignal
  /** Hears of what happens. */
  readonly onEvent: (event: StageEvent) => void
  /** Folder to write the artefact of an output into; made empty. */
  outputDirectory(name: string): Promise<string>
}

/** How a stage ended. */
export type StageOutcome =
  | {
      readonly outcome: 'finished'
      /** What stands in the card of each output; its files are in the folder of that name. */
      readonly outputs: { readonly [name: string]: ArtefactFacts }
      /** Numbers for tables and reports. */
      readonly scores?: { readonly [name: string]: number }
    }
  | { readonly outcome: 'interrupted' }

/** What the components of extension point `stage` create. */
export interface Stage {
  readonly inputs: { readonly [name: string]: Port }
  readonly outputs: { readonly [name: string]: Port }
  /**
   * Files outside of the pipeline that the config names: when one of them has changed, the stage is run again.
   * Paths are absolute, or start from `baseDirectory`.
   */
  sources?(context: Pick<StageContext, 'baseDirectory' | 'container'>): readonly string[]
  /** Does the work, or goes on with what is in the work directory. */
  run(context: StageContext): Promise<StageOutcome>
}

declare module '@elman/core' {
  interface ExtensionPoints {
    stage: { product: Stage }
  }
}
