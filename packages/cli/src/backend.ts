import { BACKEND, type Backend, type ElmanContainer } from '@elman/core'
import type { LanguageModelExperiment } from '@elman/pretrain'

/** What the command line says of the backend. */
export interface BackendFlags {
  /** Type of the backend, in place of the config's. */
  readonly backend?: string
  /** Threads inside one operation. */
  readonly threads?: number
}

/** A backend's reference with what the command line says. Another backend starts with its own defaults. */
export function withBackendFlags(reference: unknown, { backend, threads }: BackendFlags): unknown {
  const full =
    typeof reference === 'string' ? { type: reference } : (reference as { type?: string } | undefined)
  const chosen = backend === undefined || backend === full?.type ? full : { type: backend }
  if (threads === undefined) return chosen
  return { type: 'onnxruntime', ...chosen, threads }
}

/** Makes the backend that an experiment names. */
export async function createBackend(
  reference: LanguageModelExperiment['backend'],
  container: ElmanContainer,
): Promise<Backend> {
  return (await container.create(BACKEND, reference, { path: 'backend' })) as Backend
}
