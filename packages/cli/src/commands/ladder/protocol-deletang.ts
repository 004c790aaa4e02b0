/** `elman ladder protocol deletang`: the protocol of Delétang et al. as a sweep, and its table. */
import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import { ElmanError } from '@elman/core'
import {
  DELETANG_TEST_LENGTHS,
  deletangLines,
  deletangPlan,
  deletangScore,
  namedLearner,
  newestRecords,
  openResults,
  type ProbeRecord,
  probeGroup,
  runSweep,
} from '@elman/eval'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderContainer, pluginsOfCall, registeredLearners } from './ladder-container.ts'
import { deletangText } from './protocol-deletang-text.ts'
import { eventPrinter, listProbes } from './sweep.ts'
import { workerExecutor } from './worker-pool.ts'

/** Options of `elman ladder protocol deletang`. */
export interface DeletangOptions {
  readonly tasks?: readonly string[]
  readonly cells?: readonly string[]
  readonly steps?: number
  readonly seeds?: number
  readonly rate?: number
  readonly strings?: number
  readonly testLengths?: readonly number[]
  readonly original?: boolean
  readonly directory?: string
  readonly workers?: number
  readonly dryRun?: boolean
  readonly backend?: string
  readonly plugin?: readonly string[]
}

/** Cells of the published table that are here with the same equations, at their published width. */
const PUBLISHED_CELLS: readonly string[] = ['elman-relu-256', 'stack-rnn-256', 'tape-rnn-256', 'lstm-256']

/** Runs what is missing and prints the table. Returns 1 when a probe failed, 130 when it was stopped. */
export async function ladderDeletang(options: DeletangOptions, terminal: Terminal): Promise<number> {
  const { original = false, tasks, steps, seeds, rate, strings, testLengths: lengths } = options
  if (lengths !== undefined) requireScored(lengths, original)
  const plugins = pluginsOfCall(options.plugin)
  const { cells, learners } = registeredLearners(await ladderContainer(plugins))
  const plan = deletangPlan({
    learners: (options.cells ?? PUBLISHED_CELLS).map(name => namedLearner(name, cells, learners)),
    ...{ tasks, original, steps, seeds, rate, lengths, strings },
  })
  const groups = new Set(plan.probes.map(probeGroup))
  const selected = (probe: Parameters<typeof probeGroup>[0]) => groups.has(probeGroup(probe))
  if (options.dryRun === true) return listProbes({ plan, selected }, terminal)

  const directory = resolve(options.directory ?? `ladder/${plan.profile}`)
  const results = await openResults(directory, plan, plugins)
  const phases = showPhases(terminal)
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), plan.probes.length))
  const start = { kind: 'start' as const, plugins, backend: options.backend, directory }
  const executors = Array.from({ length: workers }, () => workerExecutor(start))
  const interrupt = listenForInterrupt(() => phases.line('stopping; finished probes are kept'))
  const scoreLine = (group: string, records: readonly ProbeRecord[]) => {
    const percents = records.map(({ soft }) => (100 * deletangScore(soft, { original }).score).toFixed(1))
    return `${group.padEnd(48)}  score ${percents.join(', ')}`
  }
  try {
    const { outcome, records, failures } = await runSweep({
      ...{ plan: results.plan, selected, results, executors, signal: interrupt.signal },
      onEvent: eventPrinter(terminal, phases, plan.seeds.length, scoreLine),
    })
    phases.finish()
    const own = newestRecords(records).filter(selected)
    const lines = deletangLines(own, { original })
    const failed = failures.map(({ group, error }) => ({ group, message: error.message }))
    const end =
      outcome === 'interrupted'
        ? 'stopped; the same command goes on from there'
        : `${own.length} records in ${relative(process.cwd(), directory) || '.'}`
    terminal.result(
      {
        kind: 'result',
        outcome,
        directory,
        protocol: plan.profile,
        test: plan.test,
        lines,
        failures: failed,
      },
      [
        deletangText(lines, { plan, original }),
        '',
        ...failed.map(({ group }) => terminal.colours.red(`failed: ${group}`)),
        end,
      ].join('\n'),
    )
    if (outcome === 'interrupted') return EXIT.interrupted
    return failures.length > 0 ? EXIT.failure : EXIT.success
  } finally {
    phases.finish()
    interrupt.stop()
    await Promise.all(executors.map(executor => executor.close()))
    results.close()
  }
}

/** Refuses before a training what could not be scored after it. */
function requireScored(lengths: readonly number[], original: boolean): void {
  const { from, to } = DELETANG_TEST_LENGTHS
  const first = from + Number(original)
  const stranger = lengths.find(length => length < first || length > to)
  if (stranger === undefined) return
  throw new ElmanError('USAGE_PROTOCOL_LENGTHS', {
    message: 'a tested length is not among those that the score of Delétang et al. averages over',
    expected: `lengths from ${first} to ${to}, such as ${first}..${to}:20`,
    found: `${stranger}`,
  })
}
