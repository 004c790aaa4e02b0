/** One stage at work: its folders, its context, and its result put in place at once. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Backend, type ElmanContainer, ElmanError } from '@elman/core'
import { checkAgreement, type OriginalInput } from '../stages/agreement.ts'
import { writeArtefact } from '../stages/artefact-folder.ts'
import type { StageContext, StageOutcome } from '../stages/stage.ts'
import {
  clearWork,
  commitResult,
  readBegun,
  type StageBasis,
  type StagePaths,
  type StageRecord,
  writeBegun,
} from './pipeline-folder.ts'
import type { PlannedPipeline, PlannedStage } from './resolve-pipeline.ts'
import type { PipelineEvent } from './run-pipeline.ts'
import { changesOf, stageSeed } from './stage-basis.ts'

/** What the stages of a pipeline share while it runs. */
export interface StageSession {
  readonly plan: PlannedPipeline
  readonly directory: string
  /** Of the stage, from 1. */
  readonly number: number
  readonly backend: Backend
  readonly container: ElmanContainer
  readonly signal: AbortSignal
  readonly onEvent: (event: PipelineEvent) => void | Promise<void>
}

/** What a stage is run with, and where. */
export interface StageWork {
  readonly basis: StageBasis
  readonly inputs: { readonly [port: string]: OriginalInput }
  readonly paths: StagePaths
  /** What has changed since it was finished. */
  readonly changes: readonly string[]
}

/** Runs a stage, from its work if that was begun with the same; undefined when it was interrupted. */
export async function executeStage(
  planned: PlannedStage,
  { basis, inputs, paths, changes }: StageWork,
  session: StageSession,
): Promise<StageRecord | undefined> {
  const { name, type, stage } = planned
  const { number, onEvent, backend } = session
  checkAgreement(name, stage.inputs, inputs)
  const earlier = await readBegun(paths).catch(() => undefined) // a damaged note: begin anew
  const resumed = earlier !== undefined && changesOf(earlier, basis).length === 0
  if (!resumed) await clearWork(paths)
  const begun = {
    ...basis,
    startedAt: resumed ? earlier.startedAt : new Date().toISOString(),
    sessions: (resumed ? earlier.sessions : 0) + 1,
  }
  await writeBegun(paths, begun)
  await onEvent({ kind: 'stage-start', stage: name, type, number, resumed, changes })
  const began = performance.now()
  let outcome: StageOutcome
  try {
    outcome = await stage.run(contextOf(planned, inputs, paths, session))
    if (outcome.outcome === 'interrupted') return undefined
    const outputs = await writeOutputs(planned, outcome.outputs, paths)
    const seconds = (performance.now() - began) / 1000
    const scores = { ...outcome.scores }
    const record: StageRecord = {
      ...{ ...begun, outputs, scores, seconds, backend: backend.name },
      finishedAt: new Date().toISOString(),
    }
    await commitResult(paths, record)
    await onEvent({ kind: 'stage-finish', stage: name, number, seconds, scores })
    return record
  } catch (error) {
    await onEvent({ kind: 'stage-fail', stage: name, number })
    throw error
  }
}

function contextOf(
  { name, stage }: PlannedStage,
  inputs: StageWork['inputs'],
  paths: StagePaths,
  { plan, container, backend, signal, onEvent }: StageSession,
): StageContext {
  const artefacts = Object.entries(inputs).map(([port, { artefact }]) => [port, artefact] as const)
  return {
    inputs: Object.fromEntries(artefacts),
    workDirectory: paths.work,
    baseDirectory: plan.baseDirectory,
    ...{ container, backend, signal },
    backendReference: plan.config.backend,
    seed: stageSeed(plan.config.seed, name),
    onEvent: event => void onEvent({ kind: 'stage-event', stage: name, event }),
    async outputDirectory(output) {
      if (stage.outputs[output] === undefined) throw unknownOutput(name, output, Object.keys(stage.outputs))
      const folder = join(paths.partial, output)
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true })
      return folder
    },
  }
}

async function writeOutputs(
  { name, stage, configHash }: PlannedStage,
  given: Extract<StageOutcome, { outcome: 'finished' }>['outputs'],
  paths: StagePaths,
): Promise<StageRecord['outputs']> {
  for (const output of Object.keys(given))
    if (stage.outputs[output] === undefined) throw unknownOutput(name, output, Object.keys(stage.outputs))
  const outputs: StageRecord['outputs'] = {}
  for (const [output, { kind }] of Object.entries(stage.outputs)) {
    const facts = given[output]
    if (facts === undefined) throw missingOutput(name, output)
    const folder = join(paths.partial, output)
    await mkdir(folder, { recursive: true })
    const { hash } = await writeArtefact(folder, { kind, config: configHash, facts })
    outputs[output] = { kind, hash }
  }
  return outputs
}

function unknownOutput(stage: string, output: string, known: readonly string[]): ElmanError {
  return new ElmanError('STAGE_OUTPUT_UNKNOWN', {
    message: `stage "${stage}" writes an output that it has not declared`,
    expected: known.join(', '),
    found: output,
    hint: 'this is a mistake of the stage: tell its author',
  })
}

function missingOutput(stage: string, output: string): ElmanError {
  return new ElmanError('STAGE_OUTPUT_MISSING', {
    message: `stage "${stage}" has ended without its output "${output}"`,
    hint: 'this is a mistake of the stage: tell its author',
  })
}
