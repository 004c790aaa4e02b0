/** Progress of work in phases (count, encode, train, …): one line that is written over, a plain line elsewhere. */
import type { EmbeddingProgress } from '@elman/embeddings'
import { clock, compact, significant } from './number-text.ts'
import type { Terminal } from './terminal.ts'

/** How far a phase is; `unit` is what its rate counts. */
export type PhaseProgress = Omit<EmbeddingProgress, 'unit'> & { readonly unit: string }

/** Shows the phases of long work. */
export interface Phases {
  progress(progress: PhaseProgress): void
  /** A line between those of the progress. */
  line(text: string): void
  /** Ends the line that is written over. */
  finish(): void
}

/** Milliseconds between plain lines of one phase. */
const PAUSE = 10_000

/** Starts showing phases on a terminal. */
export function showPhases(terminal: Terminal, now: () => number = () => performance.now()): Phases {
  let open = false
  let shown: { readonly phase: string; readonly time: number } | undefined
  const clear = () => {
    if (open) terminal.raw('\r\x1b[2K')
    open = false
  }
  return {
    progress(progress) {
      const text = phaseText(progress)
      if (terminal.interactive) {
        terminal.raw(`\r\x1b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`)
        open = true
        return
      }
      // A phase's first line comes when it has run for a while: short ones are not worth one.
      const time = now()
      if (shown?.phase !== progress.phase) shown = { phase: progress.phase, time }
      else if (time - shown.time >= PAUSE) {
        shown = { phase: progress.phase, time }
        terminal.note(text)
      }
    },
    line(text) {
      clear()
      terminal.note(text)
    },
    finish: clear,
  }
}

function phaseText({ phase, done, total, unit, rate, secondsLeft, ...more }: PhaseProgress): string {
  const parts = [phase]
  if (more.epoch !== undefined) parts.push(`epoch ${more.epoch}/${more.epochs}`)
  if (total > 0) parts.push(`${Math.min(100, (100 * done) / total).toFixed(1)} %`)
  if (more.loss !== undefined) parts.push(`loss ${significant(more.loss)}`)
  if (more.learningRate !== undefined) parts.push(`rate ${significant(more.learningRate)}`)
  parts.push(`${compact(rate)} ${unit}/s`)
  if (Number.isFinite(secondsLeft)) parts.push(`${clock(secondsLeft)} left`)
  return parts.join('  ')
}
