import { resolve } from 'node:path'
import { writeFileAtomically } from '@elman/core'
import { checkOrderings, collectLadder, compareRows, type Ladder, resultsPage } from '@elman/pretrain'
import type { Terminal } from '../../terminal.ts'
import { ladderDirectory, type ReproduceOptions } from './reproduce.ts'

/** Writes what the folders of a ladder's rows say as a page of Markdown. */
export async function writeDocs(
  ladder: Ladder,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<void> {
  const { compare, writeDocs: file } = options
  const collected = await collectLadder(ladder, ladderDirectory(ladder, options))
  const compared =
    compare === undefined
      ? {}
      : { compared: { row: compare, comparisons: await compareRows(collected, compare) } }
  const orderings = await checkOrderings(collected)
  await writeFileAtomically(
    resolve(file!),
    `${resultsPage(collected, { ...compared, orderings }).trimEnd()}\n`,
  )
  const finished = collected.rows.filter(({ results }) => results.length > 0).map(({ row }) => row.name)
  terminal.result(
    { file: resolve(file!), finished, rows: ladder.rows.length },
    `wrote ${file}: ${finished.length} of ${ladder.rows.length} rows have results`,
  )
}
