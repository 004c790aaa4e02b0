import { readRun } from '@elman/core'
import { resolveExperiment, resumeExperiment } from '@elman/pretrain'
import { type BackendFlags, createBackend, withBackendFlags } from '../backend.ts'
import { experimentSession } from '../experiment-session.ts'
import { loadRunContainer } from '../run-plugins.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `elman resume`. */
export interface ResumeOptions extends BackendFlags {
  readonly plugin?: readonly string[]
}

/** Goes on with a run from its newest checkpoint. Returns the exit status. */
export async function resume(path: string, options: ResumeOptions, terminal: Terminal): Promise<number> {
  const run = await readRun(path)
  const container = await loadRunContainer(run.path, options.plugin)
  const config = resolveExperiment(run.config, container, `${run.name}/config.json`)
  const reference = withBackendFlags(config.backend, options) as typeof config.backend
  const backend = await createBackend(reference, container)
  return experimentSession(terminal, hooks => resumeExperiment(run.path, { backend, container, ...hooks }))
}
