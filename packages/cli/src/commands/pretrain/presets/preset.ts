import type { PipelineFile } from '@elman/pretrain'

/** A pipeline to begin with, and the files it reads. */
export interface PipelinePreset {
  readonly pipeline: PipelineFile
  /** Texts by file name; files that are there already stay. */
  readonly files: Readonly<Record<string, string>>
  /** What to change first, a line each. */
  readonly advice: readonly string[]
}
