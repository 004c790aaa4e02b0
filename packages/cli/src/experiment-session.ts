/** What `run` and `resume` share: progress, Ctrl-C, the summary and the report. */
import { join, relative } from 'node:path'
import type { BaselineRecord, TrainEvent } from '@elman/core'
import type { ExperimentEvent, ExperimentResult } from '@elman/pretrain'
import { EXIT } from './exit-codes.ts'
import { listenForInterrupt } from './interrupt.ts'
import { compact, significant } from './number-text.ts'
import { evaluationText, showProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** What an experiment is run with. */
export interface SessionHooks {
  readonly onEvent: (event: ExperimentEvent) => void
  readonly signal: AbortSignal
}

/**
 * Runs an experiment in front of a person (or a machine, with `--json`) and ends with its report.
 *
 * @returns the exit status
 */
export async function experimentSession(
  terminal: Terminal,
  work: (hooks: SessionHooks) => Promise<ExperimentResult>,
): Promise<number> {
  const progress = showProgress(terminal)
  const baselines: BaselineRecord[] = []
  const interrupt = listenForInterrupt(() => {
    progress.line('stopping after this step, with a checkpoint; press Ctrl-C again to stop at once')
  })
  const onEvent = (event: ExperimentEvent) => {
    if (event.kind === 'baseline') baselines.push(event.record)
    if (terminal.json) printEvent(event, terminal)
    else showEvent(event, progress)
  }
  let result: ExperimentResult
  try {
    result = await work({ onEvent, signal: interrupt.signal })
  } finally {
    progress.finish()
    interrupt.stop()
  }
  const { path, outcome, test } = result
  if (outcome === 'interrupted') {
    terminal.result(
      { kind: 'result', ...result },
      `stopped at step ${result.step}; go on with: elman resume ${shown(path)}`,
    )
    return EXIT.interrupted
  }
  const report = join(path, 'report.html')
  const { writeReport } = await import('@elman/eval')
  await writeReport([path], report)
  const lines = [
    ...(test === undefined ? [] : [`test       perplexity ${significant(test.perplexity)} per ${test.unit}`]),
    ...baselines
      .filter(({ split }) => split === 'test')
      .map(({ name, perplexity }) => `baseline   perplexity ${significant(perplexity)}  (${name})`),
    `run        ${shown(path)}`,
    `report     ${shown(report)}`,
  ]
  terminal.result({ kind: 'result', ...result, baselines, report }, lines.join('\n'))
  return EXIT.success
}

function showEvent(event: ExperimentEvent, progress: ReturnType<typeof showProgress>): void {
  const text = eventText(event)
  if (text !== undefined) progress.line(text)
  else progress.event(event as TrainEvent)
}

/** A line for what happens around the training; nothing for the trainer's own events. */
function eventText(event: ExperimentEvent): string | undefined {
  switch (event.kind) {
    case 'run':
      return `${event.resumed ? 'resuming' : 'run'} ${shown(event.run.path)}`
    case 'corpus': {
      const tokens = Object.entries(event.tokens).map(([split, count]) => `${split} ${compact(count)}`)
      return `${event.name}: ${tokens.join(', ')} tokens, vocabulary ${event.vocabularySize}`
    }
    case 'vectors':
      return event.text
    case 'model':
      return `model: ${compact(event.parameters)} parameters`
    case 'baseline':
      return `${event.record.split}  ${event.record.name}: perplexity ${significant(event.record.perplexity)}`
    case 'test':
      return evaluationText(event.record)
    default:
      return undefined
  }
}

/** One line of JSON an event; steps are left to the log. */
function printEvent(event: ExperimentEvent, terminal: Terminal): void {
  if (event.kind === 'step') return
  if (event.kind === 'run') {
    const { name, path } = event.run
    terminal.result({ kind: 'run', resumed: event.resumed, name, path }, '')
  } else terminal.result(event, '')
}

/** A path as seen from here, where that is shorter. */
function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
