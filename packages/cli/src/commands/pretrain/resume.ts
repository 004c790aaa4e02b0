/** `elman pretrain resume`: a pipeline from its folder, with the config that is stored there. */
import { resolve } from 'node:path'
import type { ElmanContainer } from '@elman/core'
import { type PlannedPipeline, readPipeline, resolvePipeline } from '@elman/pretrain'
import { type BackendFlags, createBackend, withBackendFlags } from '../../backend.ts'
import { loadRunContainer } from '../../run-plugins.ts'
import type { Terminal } from '../../terminal.ts'
import { pipelineSession } from './pipeline-session.ts'

/** Options of `elman pretrain resume`. */
export interface ResumePipelineOptions extends BackendFlags {
  readonly plugin?: readonly string[]
}

/** A pipeline as its folder says, checked again with the plugins of now. */
export async function storedPlan(
  folder: string,
  plugins: readonly string[] | undefined,
): Promise<{
  readonly plan: PlannedPipeline
  readonly directory: string
  readonly container: ElmanContainer
}> {
  const directory = resolve(folder)
  const { config, baseDirectory } = await readPipeline(directory)
  const container = await loadRunContainer(directory, plugins)
  const plan = await resolvePipeline(config, { container, baseDirectory, file: `${folder}/pipeline.json` })
  return { plan, directory, container }
}

/** Goes on with a pipeline. Returns the exit status. */
export async function resumePretrain(
  folder: string,
  options: ResumePipelineOptions,
  terminal: Terminal,
): Promise<number> {
  const { plan, directory, container } = await storedPlan(folder, options.plugin)
  const reference = withBackendFlags(plan.config.backend, options) as typeof plan.config.backend
  const config = { ...plan.config, backend: reference }
  const backend = await createBackend(reference, container)
  return pipelineSession({ plan: { ...plan, config }, directory, container, backend }, terminal)
}
