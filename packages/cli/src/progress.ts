/**
 * Progress of a run from its metric records: one line that is written over on a terminal, plain lines with longer
 * pauses elsewhere.
 */
import type { MetricRecord } from '@elman/core'
import { clock, compact, significant } from './number-text.ts'
import type { Terminal } from './terminal.ts'

/** Shows a run as it goes. */
export interface Progress {
  /** Takes the run's records, in their order. */
  record(record: MetricRecord): void
  /** Ends the line that is written over, so that other text may follow. */
  finish(): void
}

/** What the end of the run is known by. */
export interface ProgressOptions {
  /** Passes over the data that the run is to make; no remaining time is told without it. */
  readonly epochs?: number
  /** Milliseconds between plain lines. */
  readonly pause?: number
  /** Milliseconds since some fixed time. */
  readonly now?: () => number
}

type TrainRecord = Extract<MetricRecord, { kind: 'train' }>

/** Starts showing progress on a terminal. */
export function showProgress(terminal: Terminal, options: ProgressOptions = {}): Progress {
  const { epochs, pause = 10_000, now = () => performance.now() } = options
  const { interactive, colours } = terminal
  let open = false
  let last = Number.NEGATIVE_INFINITY
  /** Where this process took the run up: a resumed run's rate is that of this process. */
  let first: TrainRecord | undefined

  const line = (text: string) => {
    if (open) terminal.raw('\r\x1b[2K')
    open = false
    terminal.note(text)
  }
  const train = (record: TrainRecord) => {
    first ??= record
    const time = now()
    if (time - last < (interactive ? 100 : pause)) return
    last = time
    const text = trainText(record, first, epochs)
    if (!interactive) return terminal.note(text)
    terminal.raw(`\r\x1b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`)
    open = true
  }
  return {
    record(record) {
      if (record.kind === 'train') train(record)
      else {
        const text = recordText(record)
        if (text !== undefined) line(record.kind === 'evaluate' ? colours.green(text) : text)
      }
    },
    finish() {
      if (open) terminal.raw('\n')
      open = false
    },
  }
}

function trainText(record: TrainRecord, first: TrainRecord, epochs: number | undefined): string {
  const passes = record.epoch - first.epoch
  const remaining =
    epochs === undefined || passes <= 0
      ? undefined
      : ((epochs - record.epoch) * (record.seconds - first.seconds)) / passes
  return [
    `epoch ${record.epoch.toFixed(2)}${epochs === undefined ? '' : `/${epochs}`}`,
    `step ${record.step}`,
    `loss ${significant(record.loss)}`,
    `${compact(record.tokensPerSecond)} tokens/s`,
    ...(remaining === undefined || !Number.isFinite(remaining) ? [] : [`${clock(remaining)} left`]),
  ].join('  ')
}

function recordText(record: Exclude<MetricRecord, TrainRecord>): string | undefined {
  switch (record.kind) {
    case 'evaluate': {
      const bits =
        record.bitsPerCharacter === undefined ? '' : `  ${record.bitsPerCharacter.toFixed(3)} bits/character`
      const scale = `perplexity ${significant(record.perplexity)} per ${record.unit}`
      return `${record.split}  epoch ${record.epoch.toFixed(2)}  loss ${significant(record.loss)}  ${scale}${bits}`
    }
    case 'baseline':
      return `${record.split}  ${record.name} baseline  loss ${significant(record.loss)}  perplexity ${significant(record.perplexity)}`
    case 'event':
      return record.name === 'checkpoint' || record.name === 'start'
        ? undefined
        : `${record.name}: ${record.message}`
    default:
      return undefined
  }
}
