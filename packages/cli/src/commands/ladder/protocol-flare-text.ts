/** FLaRe's audits and runs as tables for a terminal. */
import { type Count, FLARE_BINS, type FlareAudit, type ShortcutResult } from '@elman/eval'
import { table } from '../../table.ts'
import type { NamedFlareRun } from './protocol-flare.ts'

/** Labels of each split, then the shortcuts of each language. */
export function auditText(audits: readonly FlareAudit[]): string {
  const labels = audits.flatMap(({ language, labels: splits }) =>
    splits.map(({ split, labels: all, positives, wrong, shortestWrong, nextSymbols }) => [
      ...[language, split, `${all.total}`, `${positives.total}`, `${wrong.length}`],
      shortestWrong === undefined ? '–' : `${shortestWrong}`,
      nextSymbols === undefined ? '–' : `${nextSymbols.total - nextSymbols.right} of ${nextSymbols.total}`,
    ]),
  )
  const shortcuts = audits.flatMap(({ language, shortcuts: audit }) => {
    if (audit === undefined) return []
    const find = (id: string) => audit.results.find(({ baseline }) => baseline === id)
    const long = (id: string) => share(find(id)?.long)
    const best = audit.results[0]
    return [
      [
        ...[language, audit.split, long('sl-2'), long('sl-3'), long('sl-4'), share(find('dfa-rule')?.all)],
        best === undefined ? '–' : bestText(best),
      ],
    ]
  })
  const damaged = audits.flatMap(({ language, damaged: splits }) =>
    splits.map(({ split, message }) => `${language}, ${split}: not read. ${message}`),
  )
  const labelHead = [
    'language',
    'split',
    'strings',
    'positives',
    'wrong labels',
    'shortest wrong',
    'wrong sets',
  ]
  const head = ['language', 'split', 'SL2 41+', 'SL3 41+', 'SL4 41+', 'DFA rule', 'best shortcut']
  return [
    'Labels and sets of next symbols by our own definitions',
    table([labelHead, ...labels]),
    '',
    'Shortcuts, fitted to train: share of right answers (41+: of strings longer than any in training)',
    table([head, ...shortcuts]),
    ...(damaged.length === 0 ? [] : ['', ...damaged]),
  ].join('\n')
}

/** A line a run: right answers by length, by the released labels and by ours. */
export function runsText(runs: readonly NamedFlareRun[]): string {
  const head = [
    ...['language', 'learner', 'seed', 'steps', 'released', 'mended'],
    ...FLARE_BINS.map(({ from, to }) => `${from}-${to}`),
  ]
  const rows = runs.map(({ language, learner, seed, steps, takenAt, bins }) => [
    ...[language, learner, `${seed}`, takenAt === steps ? `${steps}` : `${takenAt} of ${steps}`],
    share(sum(bins.map(({ released }) => released))),
    share(sum(bins.map(({ mended }) => mended))),
    ...FLARE_BINS.map(({ from }) => share(bins.find(bin => bin.from === from)?.mended)),
  ])
  return [
    'Recognition on FLaRe’s test split: share of right answers by the released labels, by ours, and by length (ours)',
    'one layer and one rate; there five layers, and rate, batch and objective are drawn or chosen',
    '',
    table([head, ...rows]),
  ].join('\n')
}

function bestText({ baseline, all }: ShortcutResult): string {
  return `${share(all)} ${baseline}`
}

function sum(counts: readonly Count[]): Count {
  return {
    right: counts.reduce((total, { right }) => total + right, 0),
    total: counts.reduce((all, { total }) => all + total, 0),
  }
}

function share(count: Count | undefined): string {
  return count === undefined || count.total === 0 ? '–' : (count.right / count.total).toFixed(3)
}
