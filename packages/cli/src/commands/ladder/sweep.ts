/** `elman ladder --profile`: runs the probes of a plan that have no results yet. */
import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import {
  findProfile,
  judgeGates,
  type NegativesAudit,
  newestRecords,
  openResults,
  type ProbeRecord,
  planOf,
  probeGroup,
  runSweep,
  type SelectedPlan,
  type SweepEvent,
  type SweepOutcome,
  selectProbes,
} from '@elman/eval'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { clock } from '../../number-text.ts'
import { type Phases, showPhases } from '../../phases.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { gateLines, negativesOf } from './gates.ts'
import {
  ladderContainer,
  pluginsOfCall,
  registeredLanguages,
  registeredLearners,
} from './ladder-container.ts'
import { recordLine } from './record-text.ts'
import { workerExecutor } from './worker-pool.ts'

/** Options of `elman ladder`. */
export interface LadderOptions {
  readonly profile?: string
  readonly cells?: readonly string[]
  readonly tasks?: readonly string[]
  readonly seeds?: number
  readonly steps?: number
  readonly strings?: number
  readonly directory?: string
  readonly workers?: number
  readonly dryRun?: boolean
  readonly backend?: string
  readonly plugin?: readonly string[]
}

/** Runs a sweep. Returns the exit status: 1 when a probe failed, 130 when it was stopped. */
export async function ladderSweep(options: LadderOptions, terminal: Terminal): Promise<number> {
  const profile = findProfile(options.profile!)
  const directory = resolve(options.directory ?? `ladder/${profile.name}`)
  const plugins = pluginsOfCall(options.plugin)
  const container = await ladderContainer(plugins)
  const languages = await registeredLanguages(container)
  const { seeds, steps, strings, tasks, cells } = options
  const chosen = selectProbes(planOf(profile, languages, { seeds, steps, strings }), languages, {
    ...{ tasks, cells, steps },
    known: registeredLearners(container),
  })
  const wanted = chosen.plan.probes.filter(chosen.selected)
  if (wanted.length === 0) throw nothingSelected(options)
  if (options.dryRun === true) return listProbes(chosen, terminal)

  const results = await openResults(directory, chosen.plan, plugins)
  const phases = showPhases(terminal)
  if (results.tornBytes > 0) phases.line(`dropped a record that was cut short (${results.tornBytes} bytes)`)
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), wanted.length))
  const start = { kind: 'start' as const, plugins, backend: options.backend, directory }
  const executors = Array.from({ length: workers }, () => workerExecutor(start))
  const interrupt = listenForInterrupt(() => phases.line('stopping; finished probes are kept'))
  const began = performance.now()
  try {
    // Judged while the workers train; only a sweep of the whole profile judges its strings.
    const negatives =
      tasks === undefined && cells === undefined
        ? negativesOf(directory, languages, interrupt.signal)
        : Promise.resolve(undefined)
    negatives.catch(() => {}) // told where it is waited for
    const outcome = await runSweep({
      ...{ plan: results.plan, selected: chosen.selected, results, executors, signal: interrupt.signal },
      onEvent: eventPrinter(terminal, phases, results.plan.seeds.length),
    })
    phases.finish()
    return summarise(
      outcome,
      { directory, smoke: profile.name === 'smoke', began, negatives: await negatives },
      terminal,
    )
  } finally {
    phases.finish()
    interrupt.stop()
    await Promise.all(executors.map(executor => executor.close()))
    results.close()
  }
}

function nothingSelected({ tasks, cells, profile }: LadderOptions): ElmanError {
  return new ElmanError('LADDER_NOTHING_SELECTED', {
    message: 'no probe of the profile is about these tasks and cells',
    found: `profile ${profile}, tasks ${tasks?.join(', ') ?? 'all'}, cells ${cells?.join(', ') ?? 'all'}`,
    hint: 'elman ladder list shows what there is',
  })
}

/** Tells what would run. */
export function listProbes({ plan, selected }: SelectedPlan, terminal: Terminal): number {
  const probes = plan.probes.filter(selected)
  const rows = probes.map(probe => {
    const { trainSize, steps, batch } = probe.training
    return [probeGroup(probe), `sizes 1 to ${trainSize}`, `${steps} steps of ${batch} strings`]
  })
  terminal.result(
    { seeds: plan.seeds, test: plan.test, probes },
    `${table(rows)}\n${probes.length} probes, ${plan.seeds.length} seeds each`,
  )
  return EXIT.success
}

/** Shows events: a line a finished probe, and one that is written over with rate and time left. */
export function eventPrinter(
  terminal: Terminal,
  phases: Phases,
  seeds: number,
  lineOf: (group: string, records: readonly ProbeRecord[]) => string = recordLine,
): (event: SweepEvent) => void {
  const began = performance.now()
  let total = 0
  let probes = 0
  let finished = 0
  let updates = 0
  const steps = new Map<string, number>()
  const progress = (done: number, group: string) => {
    const seconds = (performance.now() - began) / 1000
    phases.progress({
      phase: `probe ${Math.min(probes, finished + 1)}/${probes} ${group}`,
      ...{ done, total, unit: 'updates', rate: updates / seconds },
      secondsLeft: done > 0 ? (seconds * (total - done)) / done : Number.NaN,
    })
  }
  return event => {
    if (event.kind === 'start') {
      total = event.work
      probes = event.probes
      finished = event.known
      const known = event.known > 0 ? `, ${event.known} of them done before` : ''
      phases.line(`${event.probes} probes of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}${known}`)
    } else if (event.kind === 'step') {
      updates += (event.step - (steps.get(event.group) ?? 0)) * seeds
      steps.set(event.group, event.step)
      progress(event.done, event.group)
    } else if (event.kind === 'finish') {
      finished += 1
      if (terminal.json) {
        const { group, records } = event
        terminal.result({ kind: 'probe', group, records }, '')
      } else phases.line(`${finished}/${probes}  ${lineOf(event.group, event.records)}`)
      progress(event.done, '')
    } else if (event.kind === 'failure') {
      finished += 1
      phases.line(terminal.colours.red(`${event.group}: ${event.error.message}`))
    }
  }
}

interface Summary {
  readonly directory: string
  readonly smoke: boolean
  readonly began: number
  readonly negatives: readonly NegativesAudit[] | undefined
}

function summarise(
  outcome: SweepOutcome,
  { directory, smoke, began, negatives }: Summary,
  terminal: Terminal,
): number {
  const records = newestRecords(outcome.records)
  // A part of a profile leaves gates open; they are not worth a line.
  const gates = judgeGates(records, { smoke, negatives }).filter(
    ({ verdict }) => negatives !== undefined || verdict !== 'open',
  )
  const shown = relative(process.cwd(), directory) || '.'
  const seconds = (performance.now() - began) / 1000
  const end =
    outcome.outcome === 'interrupted'
      ? 'stopped; the same command goes on from there'
      : `${records.length} records in ${shown} after ${clock(seconds)}; elman ladder report ${shown} makes the page`
  const failures = outcome.failures.map(({ group, error }) => ({ group, message: error.message }))
  terminal.result(
    {
      kind: 'result',
      outcome: outcome.outcome,
      directory,
      records: records.length,
      failures,
      gates: gates.map(gate => ({ id: gate.gate.id, verdict: gate.verdict })),
    },
    [
      ...(outcome.outcome === 'finished' ? [gateLines(gates, terminal)] : []),
      ...failures.map(({ group }) => terminal.colours.red(`failed: ${group}`)),
      end,
    ].join('\n'),
  )
  if (outcome.outcome === 'interrupted') return EXIT.interrupted
  return failures.length > 0 ? EXIT.failure : EXIT.success
}
