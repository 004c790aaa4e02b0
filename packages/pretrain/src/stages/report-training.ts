import type { EvaluateRecord } from '@elman/core'
import type { ExperimentListener } from '../experiment/experiment-events.ts'
import type { StageEvent } from './stage.ts'

/** The figure of an evaluation that a stage tells. */
export type ReportedFigure = 'perplexity' | 'loss'

/** The events of a training as a pipeline shows them: its notes, each line of its log, and a figure of each evaluation. */
export function trainingReporter(
  onEvent: (event: StageEvent) => void,
  figure: ReportedFigure,
): ExperimentListener {
  let totalSteps = 0
  return event => {
    if (event.kind === 'start') {
      totalSteps = event.totalSteps
      if (event.text !== undefined) onEvent({ kind: 'note', text: event.text })
    }
    if (event.kind === 'log') {
      const { step, tokens, loss, tokensPerSecond: rate } = event.record
      const total = Math.round((tokens / Math.max(1, step)) * totalSteps)
      const secondsLeft = rate > 0 ? (total - tokens) / rate : Number.POSITIVE_INFINITY
      onEvent({
        ...{ kind: 'progress', phase: 'training', unit: 'tokens' },
        ...{ done: tokens, total, rate, secondsLeft, loss },
      })
    }
    for (const record of evaluationsOf(event))
      onEvent({ kind: 'score', name: `${record.split} ${figure}`, value: record[figure], step: record.step })
  }
}

function evaluationsOf(event: Parameters<ExperimentListener>[0]): readonly EvaluateRecord[] {
  if (event.kind === 'test') return [event.record]
  return event.kind === 'evaluate' ? event.records : []
}
