/** What `run` and `resume` of pipelines share: progress, Ctrl-C, the summary. */
import { relative } from 'node:path'
import type { Backend, ElmanContainer } from '@elman/core'
import { type PipelineEvent, type PlannedPipeline, runPipeline, type StageRecord } from '@elman/pretrain'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { clock, significant } from '../../number-text.ts'
import { type Phases, showPhases } from '../../phases.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'

/** A pipeline that is ready to run. */
export interface PipelineSession {
  readonly plan: PlannedPipeline
  readonly directory: string
  readonly backend: Backend
  readonly container: ElmanContainer
  /** Called when the folder is there and locked. */
  readonly onFolder?: (path: string) => Promise<void>
}

/** Runs a pipeline in front of a person, or a machine with `--json`. Returns the exit status. */
export async function pipelineSession(session: PipelineSession, terminal: Terminal): Promise<number> {
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() => {
    phases.line('stopping; the stage keeps what it has. Press Ctrl-C again to stop at once')
  })
  const show = eventPrinter(terminal, phases)
  try {
    const result = await runPipeline(session.plan, {
      ...{ directory: session.directory, backend: session.backend, container: session.container },
      signal: interrupt.signal,
      async onEvent(event) {
        if (event.kind === 'pipeline') await session.onFolder?.(event.path)
        show(event)
      },
    })
    phases.finish()
    const { outcome, path, at, stages, report } = result
    const end =
      outcome === 'finished'
        ? `report  ${shown(report)}`
        : `stopped at stage ${at}; go on with: elman pretrain resume ${shown(path)}`
    terminal.result(
      { kind: 'result', ...result },
      [scoreTable(stages), end].filter(text => text !== '').join('\n'),
    )
    return outcome === 'finished' ? EXIT.success : EXIT.interrupted
  } finally {
    phases.finish()
    interrupt.stop()
  }
}

/** A line for each stage with scores. */
export function scoreTable(stages: Readonly<Record<string, StageRecord>>): string {
  const rows = Object.entries(stages).map(([name, { type, scores, seconds }]) => [
    name,
    type,
    clock(seconds),
    scoreText(scores),
  ])
  return table(rows)
}

/** `accuracy 0.81  macroF1 0.79` */
export function scoreText(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${significant(value)}`)
    .join('  ')
}

function eventPrinter(terminal: Terminal, phases: Phases): (event: PipelineEvent) => void {
  let count = 0
  const label = (number: number, stage: string) => `${number}/${count} ${stage}`
  let current = ''
  return event => {
    if (terminal.json) {
      if (event.kind !== 'stage-event' || event.event.kind !== 'progress') terminal.result(event, '')
      return
    }
    switch (event.kind) {
      case 'pipeline':
        count = event.stages
        return phases.line(`pipeline ${shown(event.path)}, ${event.stages} stages`)
      case 'stage-known':
        return phases.line(terminal.colours.dim(`${label(event.number, event.stage)}  done before`))
      case 'stage-start': {
        current = label(event.number, event.stage)
        for (const change of event.changes) phases.line(`${current}  runs again: ${change}`)
        return phases.line(`${current}  ${event.resumed ? 'going on with' : 'running'} ${event.type}`)
      }
      case 'stage-finish': {
        const parts = [`${label(event.number, event.stage)}  finished in ${clock(event.seconds)}`]
        return phases.line(terminal.colours.green([...parts, scoreText(event.scores)].join('  ').trimEnd()))
      }
      case 'stage-fail':
        return phases.line(terminal.colours.red(`${label(event.number, event.stage)}  failed`))
      case 'stage-event':
        return showStageEvent(event.event, current, phases)
    }
  }
}

function showStageEvent(
  event: Extract<PipelineEvent, { kind: 'stage-event' }>['event'],
  current: string,
  phases: Phases,
): void {
  if (event.kind === 'note') phases.line(`${current}  ${event.text}`)
  else if (event.kind === 'score') {
    const step = event.step === undefined ? '' : `  step ${event.step}`
    phases.line(`${current}  ${event.name} ${significant(event.value)}${step}`)
  } else phases.progress({ ...event, phase: `${current}  ${event.phase}` })
}

/** A path as seen from here, where that is shorter. */
export function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || near === '' ? path : near
}
