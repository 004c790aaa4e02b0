/** What a pipeline's file may say: a seed, what computes, and stages with where their inputs come from. */
import { BACKEND, componentOf } from '@elman/core'
import { z } from 'zod'

/** Names become folders. */
const stageName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,59}$/i,
    'a name has up to 60 letters, digits, - and _, a letter or digit first',
  )

const inputConfig = z.union([
  z.string().regex(/^[^.\s]+\.[^.\s]+$/, 'an output is named as "stage.output"'),
  z.strictObject({ path: z.string().min(1).describe('folder of an artefact, from the folder of the file') }),
])

/** A stage: its name, its component, its inputs; everything else is an option of the component. */
export const stageEntryConfig = z.looseObject({
  name: stageName.describe('names the folder, and the stage in inputs of others'),
  type: z.string().min(1).describe('component of the stage'),
  description: z.string().optional().describe('for readers'),
  inputs: z
    .record(z.string(), inputConfig)
    .default({})
    .describe('by the names that the stage gives them: "stage.output" or { path }'),
})

/** A pipeline. */
export const pipelineConfig = z.strictObject({
  description: z.string().optional().describe('for readers'),
  seed: z.int().default(1).describe('seed of all random choices'),
  backend: componentOf(BACKEND).default({ type: 'onnxruntime' }).describe('what computes'),
  stages: z.array(stageEntryConfig).min(1).describe('in any order: inputs decide which comes first'),
})

/** A pipeline as it is written in a file. */
export type PipelineFile = z.input<typeof pipelineConfig> & { readonly plugins?: readonly string[] }

/** A pipeline with its defaults; stages keep their options as written. */
export type PipelineConfig = z.output<typeof pipelineConfig>

/** Where an input comes from. */
export type InputSource = z.output<typeof inputConfig>

/** The pipeline as it is, with its type checked: for files in TypeScript. */
export function definePipeline(pipeline: PipelineFile): PipelineFile {
  return pipeline
}
