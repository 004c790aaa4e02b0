/** The results of a ladder as a page of Markdown, made from the folders of its rows and from nothing else. */
import type { ScorerComparison } from '../mixture/compare-scorers.ts'
import { AGREEMENT, agreement } from './agreement.ts'
import { audit } from './audit.ts'
import type { CheckedOrdering } from './check-orderings.ts'
import type { Collected, CollectedResult, CollectedRow } from './collect.ts'
import { allPublished, countText, durationText, spreadText } from './row-texts.ts'
import { sources } from './sources.ts'

/** What goes on the page besides the rows. */
export interface ResultsPageOptions {
  /** Comparison of each result with a row's. */
  readonly compared?: {
    readonly row: string
    readonly comparisons: ReadonlyMap<CollectedResult, ScorerComparison>
  }
  readonly orderings?: readonly CheckedOrdering[]
}

/** The whole page. */
export function resultsPage(
  collected: Collected,
  { compared, orderings = [] }: ResultsPageOptions = {},
): string {
  const { ladder } = collected
  const command = `elman reproduce ${ladder.name} --write-docs FILE`
  return [
    `# Language models on ${ladder.title}`,
    '',
    `Made by \`${command}\` from the run folders; nothing here is written by hand.`,
    '',
    'Perplexity per word, exp of the mean loss in nats. Every token of valid and test is scored once, with one `<eos>` a',
    'line. The state of a network is carried over the whole split; n-gram models see the line. Models that change while',
    'they read have a column of their own.',
    '',
    ...(ladder.name === 'ptb' ? auditSection() : []),
    '## Results',
    '',
    ...resultSection(collected, compared),
    ...orderingSection(orderings),
    ...notesSection(collected),
    ...machineSection(collected),
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), '']
}

function auditSection(): string[] {
  const rows = audit.map(({ row, claimed, verdict, reallyIs, reallyGot, sources: names, measuredBy }) => [
    ...[row, claimed, `${verdict}: ${reallyIs}`, reallyGot],
    ...[names.map(name => sources[name].short).join(', '), measuredBy.map(name => `\`${name}\``).join(', ')],
  ])
  const head = [
    'row',
    'claimed',
    'what the number is',
    'what the model reached on Penn Treebank',
    'sources',
    'rows',
  ]
  return ['## The seven rows that this ladder began with, audited', '', ...table(head, rows)]
}

function resultSection({ rows, ladder }: Collected, compared: ResultsPageOptions['compared']): string[] {
  const published = rows.some(({ row }) => row.published.length > 0)
  const head = [
    'row',
    ...(published ? ['published valid / test'] : []),
    ...['ours, static', 'ours, adaptive', 'parameters', 'seeds', 'epochs', 'budget and rule', 'time'],
    ...(compared === undefined ? [] : [`test less that of ${compared.row}, 95 %`]),
    ...(published ? ['agrees?'] : []),
  ]
  const lines = rows.flatMap(collected => {
    const { row, results, unfinished } = collected
    const name = `\`${row.name}\` ${row.title}`
    const known = published ? [allPublished(row)] : []
    if (results.length === 0) {
      if (unfinished.length === 0) return []
      const empty = Array.from({ length: head.length - known.length - 2 }, () => '')
      return [[name, ...known, 'begun, not finished', ...empty]]
    }
    return results.map(result => [
      ...[name, ...known],
      ...measuredCells(result),
      ...(compared === undefined ? [] : [comparisonText(compared.comparisons.get(result))]),
      ...(published ? [agreement(row, result)] : []),
    ])
  })
  const rule = published
    ? [
        `"yes" is a test perplexity within ${100 * AGREEMENT} % of the first published one, of the full recipe on the published text.`,
        '',
      ]
    : []
  const seeds =
    ladder.seeds.length > 1 ? ['Figures are means over seeds ± their standard deviation.', ''] : []
  const absent = rows.filter(({ results, unfinished }) => results.length + unfinished.length === 0)
  const notRun = absent.map(({ row }) => `\`${row.name}\``).join(', ')
  const rest = absent.length === 0 ? [] : [`Not run here: ${notRun}.`, '']
  return [...table(head, lines), ...rule, ...seeds, ...rest]
}

function measuredCells(result: CollectedResult): string[] {
  const { valid, test, adaptive, parameters, seeds, epochs, budget, rules, seconds } = result
  const figures = `${spreadText(valid)} / ${spreadText(test)}`
  return [
    ...(adaptive ? ['', figures] : [figures, '']),
    countText(parameters),
    seeds.join(', ') === '0' ? '-' : seeds.join(', '),
    epochs === undefined ? '-' : String(Number(epochs.toPrecision(3))),
    `${budget}: ${rules.join(' / ')}`,
    durationText(seconds),
  ]
}

function comparisonText(comparison: ScorerComparison | undefined): string {
  if (comparison === undefined) return '-'
  const { value, lower, upper } = comparison.difference
  return `${signed(value)} (${signed(lower)} … ${signed(upper)})`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

function orderingSection(orderings: readonly CheckedOrdering[]): string[] {
  if (orderings.length === 0) return []
  const rows = orderings.map(({ ordering, verdict, better, worse, difference, comparison }) => [
    `\`${ordering.better}\` below \`${ordering.worse}\``,
    ordering.why,
    verdict === 'holds' ? verdict : `**${verdict}**`,
    better === undefined || worse === undefined
      ? '-'
      : `${spreadText(better.test)} against ${spreadText(worse.test)}`,
    difference === undefined ? '-' : `${signed(difference.mean)} ± ${difference.deviation.toFixed(1)}`,
    comparisonText(comparison),
  ])
  return [
    '## Expected orders',
    '',
    'An order holds when every seed of the one is below every seed of the other.',
    '',
    ...table(['order', 'because', 'came out', 'test', 'difference ± over seeds', 'over texts, 95 %'], rows),
  ]
}

function notesSection({ rows }: Collected): string[] {
  const noted = rows.filter(({ row, results }) => results.length > 0 && (row.notes?.length ?? 0) > 0)
  if (noted.length === 0) return []
  return ['## Notes', '', ...noted.map(({ row }) => `- \`${row.name}\`: ${row.notes!.join('; ')}.`), '']
}

function machineSection({ rows, environments }: Collected): string[] {
  const lines = new Map<string, string[]>()
  for (const { folder } of rows.flatMap(foldersOf)) {
    const environment = environments.get(folder)
    if (environment === undefined) continue
    const { elman, node, cpu, cores, backend } = environment
    const text = `elman ${elman}, ${backend.name} ${backend.version} with ${backend.threads} threads, Node ${node}, ${cpu}, ${cores} cores`
    lines.set(text, [...(lines.get(text) ?? []), folder])
  }
  if (lines.size === 0) return []
  const only = lines.size === 1
  return [
    '## Where it was measured',
    '',
    ...[...lines].map(([text, folders]) => `- ${text}${only ? '' : `: ${folders.join(', ')}`}`),
    '',
  ]
}

function foldersOf({ results }: CollectedRow): readonly { readonly folder: string }[] {
  return results.flatMap(({ folders }) => folders)
}
