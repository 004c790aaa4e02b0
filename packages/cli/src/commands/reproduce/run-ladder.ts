/** Runs rows of a ladder one after the other, shows how they go, and ends with what came out. */
import { relative } from 'node:path'
import { ElmanError, type TrainEvent } from '@elman/core'
import {
  type CheckedOrdering,
  checkOrderings,
  collectLadder,
  durationText,
  findRows,
  type Ladder,
  type LanguageModelExperiment,
  ladderCorpus,
  parseBudget,
  type RowEvent,
  runRow,
  spreadText,
} from '@elman/pretrain'
import { createBackend, withBackendFlags } from '../../backend.ts'
import { commandContainer } from '../../command-container.ts'
import { EXIT } from '../../exit-codes.ts'
import { type Interrupt, listenForInterrupt } from '../../interrupt.ts'
import { compact, significant } from '../../number-text.ts'
import { type Progress, showProgress } from '../../progress.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderDirectory, type ReproduceOptions, textOptions } from './reproduce.ts'

/** Runs the rows that the options name, for each seed. Returns the exit status. */
export async function runLadder(
  ladder: Ladder,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<number> {
  const rows = chosenRows(ladder, options)
  const budget = parseBudget(options.budget ?? (ladder.orderings.length > 0 ? 'full' : '10m'))
  const directory = ladderDirectory(ladder, options)
  const text = await ladderCorpus(ladder, await textOptions(ladder, options))
  const container = await commandContainer(options.plugin)
  const backendReference = (withBackendFlags(undefined, options) ?? {
    type: 'onnxruntime',
  }) as LanguageModelExperiment['backend']
  const backend = await createBackend(backendReference, container)
  let progress = showProgress(terminal)
  const interrupt = listenForInterrupt(() => {
    progress.line('stopping; press Ctrl-C again to stop at once')
  })
  try {
    for (const seed of options.seed ?? ladder.seeds) {
      for (const row of rows) {
        const onEvent = (event: RowEvent) => {
          if (event.kind === 'row') {
            progress.finish()
            progress = showProgress(terminal) // its speed is of one row
          }
          showEvent(event, { terminal, progress, seed })
        }
        const outcome = await runRow(row.name, {
          ...{
            ladder,
            directory,
            ...text,
            baseDirectory: process.cwd(),
            container,
            backend,
            backendReference,
          },
          ...{ budget, seed, onEvent, signal: interrupt.signal },
        })
        if (outcome.outcome === 'interrupted') return interrupted(ladder, interrupt, progress, terminal)
      }
    }
  } finally {
    progress.finish()
    interrupt.stop()
  }
  return summarise(
    ladder,
    directory,
    rows.map(row => row.name),
    terminal,
  )
}

function chosenRows(ladder: Ladder, { row: names }: ReproduceOptions) {
  if (names !== undefined) return [...new Set(names.flatMap(name => findRows(ladder, name)))]
  if (ladder.orderings.length > 0) return ladder.rows
  throw new ElmanError('USAGE_REPRODUCE', {
    message: `which rows of ${ladder.name} are to be run?`,
    expected: '--row with names of rows or families, or all',
    hint: `elman reproduce ${ladder.name} --list shows them`,
  })
}

function interrupted(ladder: Ladder, { signal }: Interrupt, progress: Progress, terminal: Terminal): number {
  progress.finish()
  terminal.result(
    { kind: 'result', ladder: ladder.name, outcome: 'interrupted', requested: signal.aborted },
    'stopped; the same command goes on from there',
  )
  return EXIT.interrupted
}

interface Showing {
  readonly terminal: Terminal
  readonly progress: Progress
  readonly seed: number
}

function showEvent(event: RowEvent, { terminal, progress, seed }: Showing): void {
  if (terminal.json) {
    if (event.kind !== 'experiment') terminal.result({ seed, ...event }, '')
    return
  }
  if (event.kind === 'row') progress.line(`${event.row}: ${STATES[event.state]} (seed ${seed})`)
  else if (event.kind === 'row-rule') progress.line(`${event.row}: ${event.rule}`)
  else if (event.kind === 'row-finished') {
    const { row, known, result } = event
    const { valid, test, trainSeconds, scoreSeconds } = result
    const figures = `valid ${significant(valid.perplexity)}, test ${significant(test.perplexity)}`
    const time = known ? 'finished before' : durationText(trainSeconds + scoreSeconds)
    progress.line(terminal.colours.green(`${row}: ${figures}  (${time})`))
  } else if (event.event.kind === 'model') progress.line(`${compact(event.event.parameters)} parameters`)
  else if (event.event.kind === 'run') progress.line(`in ${relative(process.cwd(), event.event.run.path)}`)
  else progress.event(event.event as TrainEvent)
}

const STATES = {
  'measuring-speed': 'measuring the speed of training',
  starting: 'starting',
  resuming: 'going on with what a stop has left',
  scoring: 'scoring valid and test, every token',
} as const

async function summarise(
  ladder: Ladder,
  directory: string,
  names: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const collected = await collectLadder(ladder, directory)
  const shown = collected.rows.filter(({ row, results }) => names.includes(row.name) && results.length > 0)
  const orderings = await checkOrderings(collected)
  const lines = shown.flatMap(({ row, results }) =>
    results.map(result => [
      ...[
        row.name,
        spreadText(result.valid),
        spreadText(result.test),
        result.adaptive ? 'adaptive' : 'static',
      ],
      ...[`${result.budget}: ${result.rules.join(' / ')}`],
    ]),
  )
  const figures = table([['row', 'valid', 'test', '', 'budget and rule'], ...lines])
  const results = shown.map(({ row, results: found }) => ({
    row: row.name,
    results: found.map(({ folders, ...result }) => ({
      ...result,
      folders: folders.map(({ folder }) => folder),
    })),
  }))
  terminal.result(
    {
      kind: 'result',
      ladder: ladder.name,
      outcome: 'finished',
      directory,
      results,
      orderings: orderings.map(plain),
    },
    [figures, ...orderingText(orderings)].join('\n'),
  )
  return orderings.some(({ verdict }) => verdict === 'reversed') ? EXIT.failure : EXIT.success
}

/** Every expected order with what came out; none is left out because it does not hold. */
function orderingText(orderings: readonly CheckedOrdering[]): string[] {
  if (orderings.length === 0) return []
  const lines = orderings.map(({ ordering, verdict, difference, comparison }) => [
    `${ordering.better} < ${ordering.worse}`,
    verdict,
    difference === undefined ? '' : `${difference.mean.toFixed(1)} ± ${difference.deviation.toFixed(1)}`,
    comparison === undefined ? '' : interval(comparison.difference),
    ordering.why,
  ])
  const head = ['expected order', 'came out', 'difference ± over seeds', '95 % over texts', 'because']
  return ['', table([head, ...lines])]
}

function interval({ lower, upper }: { readonly lower: number; readonly upper: number }): string {
  return `${lower.toFixed(1)} … ${upper.toFixed(1)}`
}

function plain({ ordering, verdict, difference, comparison }: CheckedOrdering): object {
  const { better, worse } = ordering
  return { better, worse, verdict, difference, interval: comparison?.difference, p: comparison?.p }
}
