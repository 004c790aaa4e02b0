/** The process of a worker: loads plugins once, then trains and tests the probes it is sent. */
import type { Backend, ElmanContainer } from '@elman/core'
import { isElmanError } from '@elman/core'
import { type ProbeJob, runJob } from '@elman/eval'
import { ladderBackend, ladderContainer } from './ladder-container.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

interface Workshop {
  readonly container: ElmanContainer
  readonly backend: Backend
  readonly directory: string
}

let workshop: Promise<Workshop> | undefined

const say = (message: FromWorker) => process.send?.(message)

async function open({
  plugins,
  backend,
  directory,
}: Extract<ToWorker, { kind: 'start' }>): Promise<Workshop> {
  const container = await ladderContainer(plugins)
  return { container, backend: await ladderBackend(container, backend), directory }
}

async function work(job: ProbeJob): Promise<void> {
  try {
    const { container, backend, directory } = await workshop!
    const records = await runJob(job, {
      container,
      backend,
      directory,
      onStep: step => say({ kind: 'step', step }),
    })
    say({ kind: 'records', records })
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    say({
      kind: 'failed',
      text,
      ...(isElmanError(error) ? { code: error.code, details: withoutCause(error.details) } : {}),
    })
  }
}

/** Causes may be anything, and not everything can be sent. */
function withoutCause<Details extends { readonly cause?: unknown }>({ cause: _, ...details }: Details) {
  return details
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'start') {
    workshop = open(message)
    workshop.catch(() => {}) // told when the first probe asks for it
  } else void work(message.job)
})
// Ctrl-C reaches every process of the terminal; the sweep decides what becomes of its workers.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))
