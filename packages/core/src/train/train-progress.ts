/** Where a run stands: counters, running means and the clock. All of it is stored with a checkpoint. */
import type { TimeRecord, TrainRecord } from '../run/metric-record.ts'
import { NO_SCORES, type ScoreHistory } from './early-stopping.ts'
import type { ScoreTrail } from './score-trail.ts'
import type { StepReport } from './train-step.ts'

/** Parts of a run's time, in seconds. */
export type TimeParts = { -readonly [Part in keyof TimeRecord['parts']]: number }

/** Sums since the last line of the log. */
export interface ProgressInterval {
  loss: number
  tokens: number
  steps: number
  seconds: number
}

/** Counters of a run as plain JSON. */
export interface ProgressState {
  step: number
  tokens: number
  interval: ProgressInterval
  parts: TimeParts
  scores: ScoreHistory
  /** Scores for the non-monotonic rule, where one is asked for. */
  trail?: ScoreTrail
  /** Whether early stopping by that rule has its reason. */
  turnedUp?: boolean
}

/** A run's counters and clock. */
export interface Progress {
  readonly state: ProgressState
  /** Seconds of work so far, those before a resume included. */
  seconds(): number
  /** Runs work and adds its time to a part. */
  time<T>(part: keyof TimeParts, work: () => T | Promise<T>): Promise<T>
  /** Counts one step. */
  count(report: StepReport, tokens: number): void
  /** The log line for the steps since the last one; starts the next interval. */
  takeRecord(epoch: number, rate: number, report: StepReport): TrainRecord
}

/** Counters from zero, or from where a checkpoint left them. */
export function createProgress(saved?: ProgressState): Progress {
  const state: ProgressState = saved ?? {
    step: 0,
    tokens: 0,
    interval: { loss: 0, tokens: 0, steps: 0, seconds: 0 },
    parts: { data: 0, step: 0, evaluate: 0, checkpoint: 0, log: 0 },
    scores: NO_SCORES,
  }
  const seconds = () => Object.values(state.parts).reduce((total, part) => total + part, 0)
  return {
    state,
    seconds,
    async time(part, work) {
      const start = performance.now()
      try {
        return await work()
      } finally {
        const elapsed = (performance.now() - start) / 1000
        state.parts[part] += elapsed
        if (part === 'data' || part === 'step' || part === 'log') state.interval.seconds += elapsed
      }
    },
    count({ loss }, tokens) {
      state.step += 1
      state.tokens += tokens
      state.interval.loss += loss * tokens
      state.interval.tokens += tokens
      state.interval.steps += 1
    },
    takeRecord(epoch, rate, report) {
      const { loss, tokens, seconds: elapsed } = state.interval
      const norms = report.gradientNorms()
      state.interval = { loss: 0, tokens: 0, steps: 0, seconds: 0 }
      return {
        kind: 'train',
        step: state.step,
        epoch,
        tokens: state.tokens,
        loss: loss / tokens,
        rate,
        gradientNorm: report.gradientNorm,
        gradientNorms: norms,
        tokensPerSecond: tokens / elapsed,
        seconds: seconds(),
      }
    },
  }
}
