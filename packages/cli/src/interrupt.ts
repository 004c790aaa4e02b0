/** Ctrl-C: the first asks the run to stop after a checkpoint, the second ends the process. */
import { EXIT } from './exit-codes.ts'

/** A signal that Ctrl-C aborts, and a way to stop listening. */
export interface Interrupt {
  readonly signal: AbortSignal
  stop(): void
}

/** Listens to SIGINT and SIGTERM; `onFirst` is called when the first comes. */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController()
  const handle = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    controller.abort()
    onFirst()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.on(name, handle)
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) process.off(name, handle)
    },
  }
}
