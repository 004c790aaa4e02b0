/** Runs what a pipeline has not done yet, stage by stage. */
import { join, resolve } from 'node:path'
import { type Backend, takeLock } from '@elman/core'
import type { OriginalInput } from '../stages/agreement.ts'
import type { Artefact } from '../stages/artefact.ts'
import { verifyArtefact } from '../stages/artefact-folder.ts'
import type { StageEvent } from '../stages/stage.ts'
import {
  clearWork,
  openPipelineFolder,
  readStageRecord,
  recoverResult,
  type StagePaths,
  type StageRecord,
  stagePaths,
  writePipeline,
} from './pipeline-folder.ts'
import { writePipelineReport } from './pipeline-report.ts'
import type { PlannedPipeline, PlannedStage } from './resolve-pipeline.ts'
import { executeStage, type StageSession } from './run-stage.ts'
import { basisOf, changesOf, placeOf } from './stage-basis.ts'

/** What happens while a pipeline runs. */
export type PipelineEvent =
  | {
      readonly kind: 'pipeline'
      /** Absolute path of the folder. */
      readonly path: string
      readonly stages: number
    }
  | {
      /** A stage that is finished already. */
      readonly kind: 'stage-known'
      readonly stage: string
      /** From 1. */
      readonly number: number
    }
  | {
      readonly kind: 'stage-start'
      readonly stage: string
      readonly type: string
      readonly number: number
      /** Whether it goes on from what an earlier process left. */
      readonly resumed: boolean
      /** What has changed since it was finished; empty when it never was. */
      readonly changes: readonly string[]
    }
  | { readonly kind: 'stage-event'; readonly stage: string; readonly event: StageEvent }
  | {
      readonly kind: 'stage-finish'
      readonly stage: string
      readonly number: number
      readonly seconds: number
      readonly scores: Readonly<Record<string, number>>
    }
  /** The error follows by way of an exception. */
  | { readonly kind: 'stage-fail'; readonly stage: string; readonly number: number }

/** Where and with what a pipeline runs. */
export interface PipelineOptions {
  /** Folder of the pipeline; made if it is missing. */
  readonly directory: string
  readonly backend: Backend
  readonly container: StageSession['container']
  /** Asks to stop: the stage that works keeps what it has. */
  readonly signal?: AbortSignal | undefined
  /** Hears of events; the pipeline waits for what it returns. */
  readonly onEvent?: ((event: PipelineEvent) => void | Promise<void>) | undefined
}

/** How a pipeline ended. */
export interface PipelineResult {
  readonly outcome: 'finished' | 'interrupted'
  readonly path: string
  /** The stage that was interrupted, or that would have come next. */
  readonly at?: string
  /** Finished stages by name, in their order. */
  readonly stages: Readonly<Record<string, StageRecord>>
  /** Markdown file. */
  readonly report: string
}

/**
 * Runs a pipeline in its folder. A stage whose options, inputs and seed are those of its result is not run again; one
 * that a process left unfinished goes on from its work. Results are compared with their hashes first.
 *
 * @throws `RUN_LOCKED` when another process works there; `PIPELINE_FOLDER_TAKEN`, `ARTEFACT_DAMAGED`,
 *   `STAGE_INPUTS_DIFFER`, `STAGE_OUTPUT_UNKNOWN`, `STAGE_OUTPUT_MISSING`; what the stages throw
 */
export async function runPipeline(plan: PlannedPipeline, options: PipelineOptions): Promise<PipelineResult> {
  const { signal = new AbortController().signal, onEvent = () => {} } = options
  const directory = resolve(options.directory)
  await openPipelineFolder(directory)
  const lock = await takeLock(join(directory, 'pipeline.lock'))
  try {
    await writePipeline(directory, plan)
    await onEvent({ kind: 'pipeline', path: directory, stages: plan.stages.length })
    const done: Record<string, StageRecord> = {}
    let at: string | undefined
    for (const [index, stage] of plan.stages.entries()) {
      if (signal.aborted) at = stage.name
      else {
        const session = { ...options, plan, directory, signal, onEvent, number: index + 1 }
        const record = await knownOrRun(stage, session)
        if (record === undefined) at = stage.name
        else done[stage.name] = record
      }
      if (at !== undefined) break
    }
    const report = await writePipelineReport(directory, plan, done)
    const outcome = at === undefined ? 'finished' : 'interrupted'
    return { outcome, path: directory, ...(at === undefined ? {} : { at }), stages: done, report }
  } finally {
    lock.release()
  }
}

/** The record of a stage that is finished, now or before; undefined when it was interrupted. */
async function knownOrRun(stage: PlannedStage, session: StageSession): Promise<StageRecord | undefined> {
  const { directory, number, onEvent } = session
  const paths = stagePaths(directory, stage.name)
  await recoverResult(paths)
  const inputs = await gatherInputs(stage, directory)
  const basis = await basisOf(stage, session, inputs)
  const record = await readStageRecord(paths)
  const changes = record === undefined ? [] : changesOf(record, basis)
  if (record === undefined || changes.length > 0)
    return executeStage(stage, { basis, inputs, paths, changes }, session)
  await verifyOutputs(record, paths)
  await clearWork(paths)
  await onEvent({ kind: 'stage-known', stage: stage.name, number })
  return record
}

async function verifyOutputs(record: StageRecord, paths: StagePaths): Promise<void> {
  for (const output of Object.keys(record.outputs)) await verifyArtefact(join(paths.result, output))
}

/** The inputs of a stage; those of other stages were verified when these were found finished. */
async function gatherInputs(
  stage: PlannedStage,
  directory: string,
): Promise<{ [port: string]: OriginalInput }> {
  const inputs: { [port: string]: OriginalInput } = {}
  for (const [port, input] of Object.entries(stage.inputs)) {
    const path =
      input.kind === 'path' ? input.path : join(stagePaths(directory, input.stage).result, input.output)
    const artefact: Artefact = await verifyArtefact(path)
    inputs[port] = { artefact, from: placeOf(input) }
  }
  return inputs
}
