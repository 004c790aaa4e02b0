import { type Backend, type ElmanContainer, ElmanError } from '@elman/core'
import { type LoadedModel, loadModel } from '@elman/pretrain'
import { type BackendFlags, createBackend, withBackendFlags } from './backend.ts'
import { loadRunContainer } from './run-plugins.ts'

/** Options of commands that read a run's model. */
export interface LoadedRunOptions extends BackendFlags {
  /** `best`, `latest` or a step; the best unless given. */
  readonly checkpoint?: string
  readonly plugin?: readonly string[]
}

/** A run's model and what computes it. */
export interface LoadedRun extends LoadedModel {
  readonly backend: Backend
  readonly container: ElmanContainer
}

/**
 * Loads the model of a run.
 *
 * @throws CLI_CHECKPOINT_INVALID; what `loadModel` throws
 */
export async function loadRun(path: string, options: LoadedRunOptions): Promise<LoadedRun> {
  const container = await loadRunContainer(path, options.plugin)
  const loaded = await loadModel(path, container, checkpointOf(options.checkpoint))
  const reference = withBackendFlags(loaded.config.backend, options) as LoadedModel['config']['backend']
  return { ...loaded, container, backend: await createBackend(reference, container) }
}

/** Which checkpoint `--checkpoint` names. */
export function checkpointOf(text: string | undefined): 'best' | 'latest' | number | undefined {
  if (text === undefined || text === 'best' || text === 'latest') return text
  if (/^\d+$/.test(text)) return Number(text)
  throw new ElmanError('CLI_CHECKPOINT_INVALID', {
    message: `--checkpoint ${text} names no checkpoint`,
    expected: 'best, latest, or the step of one',
  })
}
