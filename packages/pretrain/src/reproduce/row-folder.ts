/** Where a row lies under the ladder's directory, and how far it is: the folders are all there is to know. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ElmanError, isElmanError, openRun } from '@elman/core'
import type { Budget } from './budget.ts'
import { isTrained, type Row } from './row.ts'
import { isUnbornRow, type RowCard, type RowResult, readRowCard, readRowResult } from './row-files.ts'

/** How far a row is. */
export type RowState =
  | { readonly state: 'absent' }
  | { readonly state: 'started'; readonly card: RowCard }
  | { readonly state: 'finished'; readonly card: RowCard; readonly result: RowResult }

/**
 * Name of a row's folder: `lstm-small.1h.seed-1`. Rows without training depend on neither budget nor seed, and their
 * folder is named after the row alone.
 */
export function rowFolder(row: Row, budget: Budget, seed: number, rows: ReadonlyMap<string, Row>): string {
  return isTrained(row, rows) ? `${row.name}.${budget.name}.seed-${seed}` : row.name
}

/**
 * How far the row of a folder is. What a process left that died before it wrote `row.json` is removed.
 *
 * @throws `REPRODUCE_FOLDER_TAKEN` when something else lies there; `RUN_LOCKED` when another process is starting it
 */
export async function rowState(path: string): Promise<RowState> {
  const names = await readdir(path).catch(() => undefined)
  if (names === undefined) return { state: 'absent' }
  const card = await readRowCard(path)
  if (card !== undefined) {
    const result = await readRowResult(path)
    return result === undefined ? { state: 'started', card } : { state: 'finished', card, result }
  }
  if (!isUnbornRow(names)) {
    throw new ElmanError('REPRODUCE_FOLDER_TAKEN', {
      message: 'the folder of this row holds something else',
      expected: 'a row with its row.json, or nothing',
      found: names.slice(0, 5).join(', '),
      where: path,
      hint: 'move it away, or give another --directory',
    })
  }
  await checkUnlocked(path)
  await rm(path, { recursive: true, force: true })
  return { state: 'absent' }
}

/** @throws `RUN_LOCKED` when a living process works in the folder */
async function checkUnlocked(path: string): Promise<void> {
  try {
    const run = await openRun(path)
    run.close()
  } catch (error) {
    if (isElmanError(error) && error.code === 'RUN_NOT_FOUND') return
    throw error
  }
}

/** A row's folder that says what it is. */
export interface FoundRow {
  readonly folder: string
  readonly path: string
  readonly card: RowCard
  /** Absent while the row is not finished. */
  readonly result: RowResult | undefined
}

/** All rows under a directory, by name of the folder; other folders are passed over. */
export async function findRowFolders(directory: string): Promise<FoundRow[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const found: FoundRow[] = []
  for (const { name } of entries.filter(entry => entry.isDirectory())) {
    const path = join(directory, name)
    const card = await readRowCard(path)
    if (card !== undefined) found.push({ folder: name, path, card, result: await readRowResult(path) })
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1))
}

/** What the rows of these folders were asked to do, as far as a budget cut them down. */
export async function cutDownRows(paths: Iterable<string>): Promise<RowCard[]> {
  const cards: RowCard[] = []
  for (const path of paths) {
    const card = await readRowCard(path)
    if (card !== undefined && !card.full) cards.push(card)
  }
  return cards
}
