/** Runs a row of a ladder to its end: what it builds on first, then its own work, or what a stop has left of it. */
import { join } from 'node:path'
import { type Backend, type ElmanContainer, ElmanError } from '@elman/core'
import type { ExperimentEvent } from '../experiment/experiment-events.ts'
import type { Budget } from './budget.ts'
import { findRows, type Ladder, rowsByName } from './ladder.ts'
import { checkComponents } from './missing-components.ts'
import { type Row, rowsBefore } from './row.ts'
import type { RowCard, RowResult } from './row-files.ts'
import { rowFolder, rowState } from './row-folder.ts'
import { countNgramRow, evaluateRow, mixRow } from './row-scoring.ts'
import { trainRow } from './row-training.ts'

/** Something that happened while rows were run. */
export type RowEvent =
  | {
      readonly kind: 'row'
      readonly row: string
      readonly state: 'measuring-speed' | 'starting' | 'resuming' | 'scoring'
    }
  | { readonly kind: 'row-rule'; readonly row: string; readonly rule: string }
  | {
      readonly kind: 'row-finished'
      readonly row: string
      readonly known: boolean
      readonly result: RowResult
    }
  | { readonly kind: 'experiment'; readonly row: string; readonly event: ExperimentEvent }

/** Where and with what rows are run. */
export interface RunRowOptions {
  readonly ladder: Ladder
  /** Folder of all rows of this ladder; absolute. */
  readonly directory: string
  /** The `corpus` part of the experiments. */
  readonly corpus: unknown
  /** Whether the corpus is the text that figures were published for. */
  readonly publishedText: boolean
  /** Folder that relative paths of the corpus start from. */
  readonly baseDirectory: string
  readonly container: ElmanContainer
  readonly backend: Backend
  /** The `backend` part of the experiments, which `backend` was made from. */
  readonly backendReference: unknown
  readonly budget: Budget
  readonly seed: number
  /** Hears of events; the row waits for what it returns. */
  readonly onEvent?: ((event: RowEvent) => void | Promise<void>) | undefined
  /** Asks the row to stop: a training makes a checkpoint, a scoring begins again when it is resumed. */
  readonly signal?: AbortSignal | undefined
}

/** How the running of a row ended. */
export type RowOutcome =
  | { readonly outcome: 'finished'; readonly path: string; readonly result: RowResult }
  | { readonly outcome: 'interrupted'; readonly path: string }

/** A row with its place: what every kind of work is given. */
export interface PlacedRow {
  readonly row: Row
  /** Name of its folder. */
  readonly folder: string
  /** Absolute path of its folder. */
  readonly path: string
  /** Absolute paths of the folders of the rows that it builds on, by row. */
  readonly uses: ReadonlyMap<string, string>
  /** Whether the folder is a row's already, and work goes on there. */
  readonly started: boolean
  readonly options: RunRowOptions
}

/**
 * Runs a row, and before it those that it builds on, in their folders under the directory. What is finished is not done
 * again; what was begun goes on from its newest checkpoint.
 *
 * @throws `REPRODUCE_ROW_UNKNOWN`, `REPRODUCE_COMPONENT_MISSING`, `REPRODUCE_FOLDER_TAKEN`,
 * `REPRODUCE_TOKENS_UNSCORED`, `REPRODUCE_OTHER_TEXT`; what `runExperiment` and `resumeExperiment` throw
 */
export async function runRow(name: string, options: RunRowOptions): Promise<RowOutcome> {
  const { ladder, directory, budget, seed, container } = options
  const rows = rowsByName(ladder)
  const row = rows.get(name) ?? findRows(ladder, name)[0]!
  const folder = rowFolder(row, budget, seed, rows)
  const path = join(directory, folder)
  const state = await rowState(path)
  if (state.state !== 'absent') checkText(path, state.card, options)
  const emit = async (event: RowEvent) => options.onEvent?.(event)
  if (state.state === 'finished') {
    await emit({ kind: 'row-finished', row: row.name, known: true, result: state.result })
    return { outcome: 'finished', path, result: state.result }
  }
  checkComponents(row, container)
  const uses = new Map<string, string>()
  for (const before of rowsBefore(row)) {
    const done = await runRow(before, options)
    if (done.outcome === 'interrupted') return done
    uses.set(before, done.path)
  }
  if (options.signal?.aborted === true) return { outcome: 'interrupted', path }
  const started = state.state === 'started'
  await emit({ kind: 'row', row: row.name, state: started ? 'resuming' : 'starting' })
  const result = await work({ row, folder, path, uses, started, options })
  if (result === undefined) return { outcome: 'interrupted', path }
  await emit({ kind: 'row-finished', row: row.name, known: false, result })
  return { outcome: 'finished', path, result }
}

/** @throws `REPRODUCE_OTHER_TEXT` when a folder was begun with Penn Treebank and now is to hold another text, or the reverse */
function checkText(path: string, card: RowCard, { publishedText }: RunRowOptions): void {
  if (card.publishedText === publishedText) return
  const kinds = ['another text than the published one', 'the published text'] as const
  throw new ElmanError('REPRODUCE_OTHER_TEXT', {
    message: `row ${card.row} was begun on another text`,
    expected: kinds[Number(card.publishedText)]!,
    found: kinds[Number(publishedText)]!,
    where: path,
    hint: 'give another --directory for another text: rows are compared on the same tokens',
  })
}

/** A row's own work; nothing when it was stopped. */
function work(placed: PlacedRow): Promise<RowResult | undefined> {
  const { row } = placed
  switch (row.work.kind) {
    case 'experiment':
      return trainRow(placed, row.work)
    case 'n-gram':
      return countNgramRow(placed, row.work)
    case 'evaluation':
      return evaluateRow(placed, row.work)
    case 'mixture':
      return mixRow(placed, row.work)
  }
}
