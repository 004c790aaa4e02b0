/** How far a pipeline is, without the lock and without running anything. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ElmanContainer, isElmanError } from '@elman/core'
import type { OriginalInput } from '../stages/agreement.ts'
import { readArtefact } from '../stages/artefact-folder.ts'
import { readBegun, readStageRecord, type StageRecord, stagePaths } from './pipeline-folder.ts'
import type { PlannedPipeline, PlannedStage } from './resolve-pipeline.ts'
import { basisOf, changesOf, placeOf } from './stage-basis.ts'

/** How far a stage is. */
export interface StageStatus {
  readonly stage: string
  readonly type: string
  /** `begun`: an earlier process left work to go on from; `changed`: finished, but with other options, inputs or seed. */
  readonly state: 'finished' | 'begun' | 'changed' | 'waiting'
  /** What has changed. */
  readonly changes: readonly string[]
  readonly record: StageRecord | undefined
}

/** How far all stages are, in the order they run. Files of artefacts are not compared with their hashes. */
export async function pipelineStatus(
  plan: PlannedPipeline,
  directory: string,
  container: ElmanContainer,
): Promise<StageStatus[]> {
  const known: StageStatus[] = []
  for (const stage of plan.stages) known.push(await stageStatus(stage, { plan, container }, directory, known))
  return known
}

async function stageStatus(
  stage: PlannedStage,
  context: { readonly plan: PlannedPipeline; readonly container: ElmanContainer },
  directory: string,
  known: readonly StageStatus[],
): Promise<StageStatus> {
  const paths = stagePaths(directory, stage.name)
  const record = await readStageRecord(paths)
  const begun = existsSync(paths.work) && (await readBegun(paths).catch(() => undefined)) !== undefined
  const status = { stage: stage.name, type: stage.type, record }
  const unready = Object.values(stage.inputs).flatMap(input => {
    const maker = input.kind === 'output' ? known.find(each => each.stage === input.stage) : undefined
    return maker === undefined || maker.state === 'finished' ? [] : [maker.stage]
  })
  if (unready.length > 0) {
    if (record === undefined) return { ...status, state: 'waiting', changes: [] }
    return { ...status, state: 'changed', changes: unready.map(name => `stage "${name}" is to run first`) }
  }
  if (record === undefined) return { ...status, state: begun ? 'begun' : 'waiting', changes: [] }
  const inputs = await inputsOf(stage, directory)
  const changes =
    inputs === undefined ? ['an input is missing'] : changesOf(record, await basisOf(stage, context, inputs))
  return { ...status, state: changes.length > 0 ? 'changed' : 'finished', changes }
}

async function inputsOf(
  stage: PlannedStage,
  directory: string,
): Promise<{ [port: string]: OriginalInput } | undefined> {
  const inputs: { [port: string]: OriginalInput } = {}
  for (const [port, input] of Object.entries(stage.inputs)) {
    const path =
      input.kind === 'path' ? input.path : join(stagePaths(directory, input.stage).result, input.output)
    const artefact = await readArtefact(path).catch((error: unknown) => {
      if (isElmanError(error)) return undefined
      throw error
    })
    if (artefact === undefined) return undefined
    inputs[port] = { artefact, from: placeOf(input) }
  }
  return inputs
}
