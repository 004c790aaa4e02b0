/**
 * Runs the probes of a plan that have no results yet, on several executors at once, the heaviest first. Every finished
 * probe is kept at once; a stop loses no more than what is running.
 */
import type { ElmanError } from '@elman/core'
import type { ProbeRecord } from '../probe/record.ts'
import { type LadderPlan, type ProbePlan, probeGroup, probeName, type TestPlan } from './plan.ts'
import type { OpenResults } from './results.ts'
import { heaviestFirst, workOf } from './work.ts'

/** A probe with all its seeds, as an executor is given it. */
export interface ProbeJob {
  readonly probe: ProbePlan
  readonly seeds: readonly number[]
  readonly test: TestPlan
}

/** Something that can run one probe at a time: a worker process, or this one. */
export interface ProbeExecutor {
  /** Records of the seeds in their order. `onStep` takes the training step it is at. */
  run(job: ProbeJob, onStep: (step: number) => void): Promise<readonly ProbeRecord[]>
  /** Ends it, also in the middle of a probe, whose promise then rejects. */
  close(): Promise<void>
}

/** What happens in a sweep. */
export type SweepEvent =
  | { readonly kind: 'start'; readonly probes: number; readonly known: number; readonly work: number }
  | { readonly kind: 'begin'; readonly group: string; readonly executor: number }
  | { readonly kind: 'step'; readonly group: string; readonly step: number; readonly done: number }
  | {
      readonly kind: 'finish'
      readonly group: string
      readonly records: readonly ProbeRecord[]
      readonly done: number
    }
  | { readonly kind: 'failure'; readonly group: string; readonly error: ElmanError | Error }

/** What a sweep came to. */
export interface SweepOutcome {
  readonly outcome: 'finished' | 'interrupted'
  readonly records: readonly ProbeRecord[]
  readonly failures: readonly { readonly group: string; readonly error: Error }[]
}

/** What a sweep needs. */
export interface SweepOptions {
  readonly plan: LadderPlan
  /** Which of its probes; all unless given. */
  readonly selected?: (probe: ProbePlan) => boolean
  readonly results: OpenResults
  readonly executors: readonly ProbeExecutor[]
  readonly signal?: AbortSignal
  /** Told what happens. */
  readonly onEvent?: (event: SweepEvent) => void
}

/** Runs what is missing. Failed probes are told and left out; the others go on. */
export async function runSweep(options: SweepOptions): Promise<SweepOutcome> {
  const { plan, selected = () => true, results, executors, signal, onEvent = () => {} } = options
  const known = new Map(results.records.map(record => [record.probe, record]))
  const { seeds, test } = plan
  const wanted = plan.probes.filter(selected)
  const isMissing = (probe: ProbePlan) => seeds.some(seed => !known.has(probeName(probe, seed)))
  const queue = heaviestFirst(wanted.filter(isMissing), seeds.length)
  const work = queue.reduce((sum, probe) => sum + workOf(probe, seeds.length), 0)
  onEvent({ kind: 'start', probes: wanted.length, known: wanted.length - queue.length, work })

  const failures: { group: string; error: Error }[] = []
  const running = new Map<number, number>() // work done of what each executor runs
  let finished = 0
  const done = () => finished + [...running.values()].reduce((sum, part) => sum + part, 0)
  const isStopped = () => signal?.aborted === true

  const runOne = async (executor: ProbeExecutor, number: number, probe: ProbePlan) => {
    const group = probeGroup(probe)
    const own = workOf(probe, seeds.length)
    onEvent({ kind: 'begin', group, executor: number })
    try {
      // All seeds run, also those that are known: seeds are trained together, and the bits may depend on the company.
      const records = await executor.run({ probe, seeds, test }, step => {
        running.set(number, (0.9 * own * step) / probe.training.steps)
        onEvent({ kind: 'step', group, step, done: done() })
      })
      running.delete(number)
      finished += own
      for (const record of records) {
        if (known.has(record.probe)) continue
        results.append(record)
        known.set(record.probe, record)
      }
      onEvent({ kind: 'finish', group, records, done: done() })
    } catch (error) {
      running.delete(number)
      if (isStopped()) return
      finished += own
      const failure = error instanceof Error ? error : new Error(String(error))
      failures.push({ group, error: failure })
      onEvent({ kind: 'failure', group, error: failure })
    }
  }

  const stop = () => {
    for (const executor of executors) void executor.close()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await Promise.all(
      executors.map(async (executor, number) => {
        while (queue.length > 0 && !isStopped()) await runOne(executor, number, queue.shift()!)
      }),
    )
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  const missing = wanted.some(isMissing)
  const outcome = isStopped() && missing ? 'interrupted' : 'finished'
  return { outcome, records: [...known.values()], failures }
}
