/** The scores and the bounds as Markdown. */
import type { Result, Verdict } from './acceptance.ts'
import { SCORE_NAMES, type ScoreName, TITLES } from './scores.ts'

/** One line a method and corpus: mean over the seeds, with the spread where there are several. */
export function resultTable(results: readonly Result[]): string {
  const groups = new Map<string, Result[]>()
  for (const result of results) {
    const name = `${result.corpus.toUpperCase()} ${result.method}`
    groups.set(name, [...(groups.get(name) ?? []), result])
  }
  const rows = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => {
      const cells = SCORE_NAMES.map(score => spread(list.map(({ scores }) => scores[score].score)))
      const seconds = list.reduce((sum, result) => sum + result.seconds, 0) / list.length
      return `| ${name} | ${list.length} | ${cells.join(' | ')} | ${seconds.toFixed(0)} |`
    })
  const titles = SCORE_NAMES.map(score => `${TITLES[score]} ${coverage(results, score)}`)
  return [
    `| vectors | seeds | ${titles.join(' | ')} | seconds |`,
    `|${'---|'.repeat(SCORE_NAMES.length + 3)}`,
    ...rows,
  ].join('\n')
}

/** Covered of all, on each corpus. */
function coverage(results: readonly Result[], score: ScoreName): string {
  const parts = (['a', 'b'] as const).flatMap(corpus => {
    const covered = results.find(result => result.corpus === corpus)?.scores[score]
    return covered === undefined ? [] : [`${corpus.toUpperCase()} ${covered.covered}/${covered.total}`]
  })
  return `(${parts.join(', ')})`
}

function spread(list: readonly number[]): string {
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  if (list.length === 1) return mean.toFixed(1)
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1)
  return `${mean.toFixed(1)} ± ${Math.sqrt(variance).toFixed(1)}`
}

/** The bounds with what was measured. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ what, predicted, bound, measured, pass }) => {
    const verdict = pass === undefined ? 'not run' : pass ? 'pass' : '**miss**'
    return `| ${what} | ${predicted} | ${bound} | ${measured?.toFixed(1) ?? ''} | ${verdict} |`
  })
  return ['| figure | predicted | bound | measured | |', '|---|---|---|---|---|', ...rows].join('\n')
}
