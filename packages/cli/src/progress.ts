/**
 * Progress of a run from the trainer's events: one line that is written over on a terminal, plain lines with longer
 * pauses elsewhere.
 */
import type { EvaluateRecord, TrainEvent } from '@elman/core'
import { clock, compact, significant } from './number-text.ts'
import type { Terminal } from './terminal.ts'

/** Shows a run as it goes. */
export interface Progress {
  /** Takes the trainer's events, in their order. */
  event(event: TrainEvent): void
  /** A line between those of the run. */
  line(text: string): void
  /** Ends the line that is written over, so that other text may follow. */
  finish(): void
}

/** When and by which clock lines are written. */
export interface ProgressOptions {
  /** Milliseconds between plain lines; 10 s unless given. */
  readonly pause?: number
  /** Milliseconds since some fixed time. */
  readonly now?: () => number
}

type StepEvent = Extract<TrainEvent, { kind: 'step' }>

/** Milliseconds between two writings of the same line: ten a second are read as one that moves. */
const FRAME = 100

/** Starts showing progress on a terminal. */
export function showProgress(terminal: Terminal, options: ProgressOptions = {}): Progress {
  const { pause = 10_000, now = () => performance.now() } = options
  const { interactive, colours } = terminal
  let open = false
  let last = Number.NEGATIVE_INFINITY
  /** The first step of this process: rate and remaining time are of this process, and leave out its start. */
  let first: { readonly event: StepEvent; readonly time: number } | undefined

  const line = (text: string) => {
    if (open) terminal.raw('\r\x1b[2K')
    open = false
    terminal.note(text)
  }
  const step = (event: StepEvent) => {
    const time = now()
    first ??= { event, time }
    if (time - last < (interactive ? FRAME : pause)) return
    last = time
    const text = stepText(
      event,
      event.tokens - first.event.tokens,
      event.step - first.event.step,
      time - first.time,
    )
    if (!interactive) {
      terminal.note(text)
      return
    }
    terminal.raw(`\r\x1b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`)
    open = true
  }
  return {
    event(event) {
      if (event.kind === 'step') step(event)
      else if (event.kind === 'evaluate') {
        for (const record of event.records) line(colours.green(evaluationText(record)))
      } else if (event.kind === 'start') {
        const { step: done, totalSteps, stepsPerEpoch } = event
        const plan = `${totalSteps} steps, ${stepsPerEpoch} in each pass over the data`
        line(done === 0 ? plan : `going on at step ${done} of ${totalSteps}`)
        if (event.text !== undefined) line(event.text)
      } else if (event.kind === 'early-stop') line(`stopped early: ${event.message}`)
      else if (event.kind === 'averaging') line(event.message)
      else if (event.kind === 'finish') line(`finished: ${event.message}`)
    },
    line,
    finish() {
      if (open) terminal.raw('\n')
      open = false
    },
  }
}

function stepText(event: StepEvent, tokens: number, steps: number, milliseconds: number): string {
  const parts = [
    `epoch ${event.epoch.toFixed(2)}`,
    `step ${event.step}/${event.totalSteps}`,
    `loss ${significant(event.loss)}`,
  ]
  if (steps > 0 && milliseconds > 0) {
    parts.push(`${compact((1000 * tokens) / milliseconds)} tokens/s`)
    parts.push(`${clock(((event.totalSteps - event.step) * milliseconds) / steps / 1000)} left`)
  }
  return parts.join('  ')
}

/** One line for a result of an evaluation. */
export function evaluationText(record: EvaluateRecord): string {
  const bits =
    record.bitsPerCharacter === undefined ? '' : `  ${record.bitsPerCharacter.toFixed(3)} bits/character`
  const unknown =
    record.outOfVocabularyRate > 0 ? `  ${(100 * record.outOfVocabularyRate).toFixed(2)} % unknown` : ''
  return `${record.split}  loss ${significant(record.loss)}  perplexity ${significant(record.perplexity)} per ${record.unit}${bits}${unknown}`
}
