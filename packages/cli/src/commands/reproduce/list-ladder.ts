import {
  allPublished,
  audit,
  type Collected,
  collectLadder,
  type Ladder,
  missingComponents,
  sources,
  spreadText,
} from '@elman/pretrain'
import { commandContainer } from '../../command-container.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { ladderDirectory, type ReproduceOptions } from './reproduce.ts'

/** Shows the audited claims, every row with its published figures, and what was measured so far. */
export async function listLadder(
  ladder: Ladder,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<void> {
  const container = await commandContainer(options.plugin)
  const collected = await collectLadder(ladder, ladderDirectory(ladder, options))
  const rows = collected.rows.map(({ row, results, unfinished }) => ({
    ...{ name: row.name, family: row.family, title: row.title, adaptive: row.adaptive },
    ...{ published: row.published, notes: row.notes ?? [], missing: missingComponents(row, container) },
    results: results.map(({ budget, seeds, full, valid, test }) => ({ budget, seeds, full, valid, test })),
    unfinished: unfinished.map(({ folder }) => folder),
  }))
  const claims = ladder.name === 'ptb' ? audit : []
  terminal.result(
    { ladder: ladder.name, audit: claims, rows, sources },
    [...auditText(claims), ...rowText(collected, rows)].join('\n'),
  )
}

function auditText(claims: typeof audit): string[] {
  if (claims.length === 0) return []
  const blocks = claims.flatMap(
    ({ row, claimed, verdict, reallyIs, reallyGot, sources: names, measuredBy }) => [
      `${row}, claimed ${claimed}: ${verdict}`,
      `  the number   ${reallyIs}`,
      `  the model    ${reallyGot}`,
      `  sources      ${names.map(name => `${sources[name].short} (${sources[name].where})`).join('; ')}`,
      `  measured by  ${measuredBy.join(', ')}`,
      '',
    ],
  )
  return [
    'The seven rows that this ladder began with, audited (test perplexity per word on Penn Treebank)',
    '',
    ...blocks,
  ]
}

function rowText(
  { ladder, rows }: Collected,
  described: readonly { readonly missing: readonly string[] }[],
): string[] {
  const lines = rows.map(({ row, results, unfinished }, index) => {
    const measured = results.map(
      ({ budget, full, test }) => `${spreadText(test)}${full ? '' : ` (${budget})`}`,
    )
    const { missing } = described[index]!
    const state = [
      ...measured,
      ...(unfinished.length > 0 ? ['begun'] : []),
      ...(missing.length > 0 ? [`cannot run here: ${missing.join('; ')}`] : []),
    ]
    return [row.name, state.join(', '), row.title, allPublished(row)]
  })
  const title = `Rows of ${ladder.name}: ${ladder.title}. Published valid / test, and ours on test`
  return [title, '', table([['row', 'measured', 'model', 'published'], ...lines])]
}
