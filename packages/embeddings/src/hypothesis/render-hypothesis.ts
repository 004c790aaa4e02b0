import { escapeText, pageShell } from '../map/page-shell.ts'
import { PAGE_STYLE } from '../map/page-style.ts'
import { drawHexbin, hexbinLegend } from './hexbin.ts'
import type { HypothesisReport, HypothesisResult, PairTable } from './hypothesis-experiment.ts'
import { HYPOTHESIS_STYLE } from './hypothesis-style.ts'
import type { ParameterSharing } from './parameter-sharing.ts'
import { decimal } from './verdict.ts'

const whole = (value: number) => Math.round(value).toLocaleString('en-US')

/** One HTML page without scripts that shows a report: verdict, figures by measure and model, drawings, examples. */
export function renderHypothesis(report: HypothesisReport, table: PairTable): string {
  const main = report.results.find(
    ({ measure, model }) => measure === report.measures.at(-1)!.name && model === report.models[0],
  )!
  const title = `Do like contexts make like vectors?`
  const body = `<main>
<header><p class="kicker">Distributional hypothesis</p><h1>${title}</h1><p class="subtitle">${escapeText(report.corpus)} · ${escapeText(report.pairSource)}</p></header>
<dl class="cards">
<div class="card lead"><dt>Verdict</dt><dd>${report.verdict.level}</dd></div>
${card('ρ, contexts and vectors', decimal(main.spearman))}
${card('with frequency held constant', decimal(main.partial ?? Number.NaN))}
${card('from frequency alone', decimal(main.frequencyAlone?.mean ?? Number.NaN))}
${card('pairs', whole(main.pairs))}
</dl>
<p>${escapeText(report.verdict.text)}${main.skipped > 0 ? ` ${whole(main.skipped)} pairs were left out because a word has no vector.` : ''}</p>
<h2>By measure of contexts</h2>
${measureTable(report)}
<p class="small">ρ is Spearman’s correlation over the same pairs; the second figure holds the log of the product of both words’ counts constant; the third is what is left when pairs are shuffled among their like in frequency; the last two are how far contexts and vectors follow frequency themselves.</p>
<h2>Pair by pair</h2>
${drawings(main, table)}
${hexbinLegend()}
<h2>Examples</h2>
${examples(main, table)}
${report.sharing === undefined ? '' : sharing(report.sharing)}
<footer>Made by elman. Contexts were counted in the text; vectors were trained on it or come from a file. Correlation over pairs that share words is not over independent ones: intervals are a little too narrow.</footer>
</main>`
  return pageShell({ title: `${title} – elman`, style: PAGE_STYLE + HYPOTHESIS_STYLE, body })
}

function card(name: string, value: string): string {
  return `<div class="card"><dt>${name}</dt><dd>${value}</dd></div>`
}

function measureTable({ results, agreement }: HypothesisReport): string {
  const rows = results.map(
    result =>
      `<tr><th scope="row">${escapeText(result.measure)}</th><td>${escapeText(result.model)}</td>${correlationCells(result)}</tr>`,
  )
  const between = agreement.map(
    result =>
      `<tr><th scope="row">cosine of ${escapeText(result.models[0])}</th><td>${escapeText(result.models[1])}</td>${correlationCells(result)}</tr>`,
  )
  const heads = [
    'ρ',
    '95 % interval',
    'given frequency',
    'frequency alone',
    'left ~ frequency',
    'right ~ frequency',
  ]
  return `<div class="scroll"><table><thead><tr><th scope="col">Similarity of contexts</th><th scope="col">Vectors</th>${heads.map(head => `<th scope="col" class="n">${head}</th>`).join('')}</tr></thead><tbody>${[...rows, ...between].join('\n')}</tbody></table></div>`
}

function correlationCells(
  result: Pick<HypothesisResult, 'spearman' | 'interval' | 'partial' | 'frequencyAlone' | 'withFrequency'>,
): string {
  const cells = [
    `<b>${decimal(result.spearman)}</b>`,
    `${decimal(result.interval[0])} to ${decimal(result.interval[1])}`,
    ...[result.partial, result.frequencyAlone?.mean, ...(result.withFrequency ?? [undefined, undefined])].map(
      value => decimal(value ?? Number.NaN),
    ),
  ]
  return cells.map(cell => `<td class="n">${cell}</td>`).join('')
}

function drawings(main: HypothesisResult, table: PairTable): string {
  const x = table.columns.get(main.measure)!
  const y = table.columns.get(main.model)!
  const usable = x.map((_, at) => at).filter(at => Number.isFinite(x[at]! + y[at]!))
  const titles = { xTitle: `${main.measure}, rank`, yTitle: `cosine of ${main.model}, rank` }
  const draw = (id: string, title: string, places: readonly number[], columns: number, rho: number) =>
    drawHexbin(
      places.map(at => x[at]!),
      places.map(at => y[at]!),
      {
        id,
        title,
        description: `${places.length} pairs, Spearman’s correlation ${decimal(rho)}`,
        ...(id === 'all' && titles),
        columns,
      },
    )
  const frequency = (at: number) => Math.log(table.countA[at]!) + Math.log(table.countB[at]!)
  const order = [...usable].sort((one, other) => frequency(one) - frequency(other) || one - other)
  const parts = main.bands.map((band, at) => {
    const before = main.bands.slice(0, at).reduce((sum, each) => sum + each.pairs, 0)
    const title = `${whole(band.frequencies[0])} to ${whole(band.frequencies[1])} times: ρ = ${decimal(band.spearman)}`
    return draw(`band-${at + 1}`, title, order.slice(before, before + band.pairs), 14, band.spearman)
  })
  const all = draw('all', `All pairs: ρ = ${decimal(main.spearman)}`, usable, 24, main.spearman)
  return `<figure class="plots"><div>${all}</div><div class="bands">${parts.join('\n')}</div><figcaption>Left: all pairs. Right: the same by frequency, rarest first, each drawing an equal part of the pairs by the geometric mean of the two words’ counts; ranks within the part. A relation that frequency made would vanish here.</figcaption></figure>`
}

const SHOWN = 8

/** Pairs on which both agree, and those on which they differ most, by ranks. */
function examples(main: HypothesisResult, table: PairTable): string {
  const x = table.columns.get(main.measure)!
  const y = table.columns.get(main.model)!
  const usable = x.map((_, at) => at).filter(at => Number.isFinite(x[at]! + y[at]!))
  const place = (values: readonly number[]) => {
    const order = [...usable].sort((one, other) => values[one]! - values[other]!)
    return new Map(order.map((at, rank) => [at, rank / order.length]))
  }
  const [byContext, byVector] = [place(x), place(y)]
  const lists: [string, (at: number) => number][] = [
    ['Alike in both', at => byContext.get(at)! + byVector.get(at)!],
    ['Contexts alike, vectors apart', at => byContext.get(at)! - byVector.get(at)!],
    ['Vectors alike, contexts apart', at => byVector.get(at)! - byContext.get(at)!],
  ]
  const columns = lists.map(([title, value]) => {
    const rows = [...usable]
      .sort((one, other) => value(other) - value(one) || one - other)
      .slice(0, SHOWN)
      .map(
        at =>
          `<tr><th scope="row"><bdi>${escapeText(table.a[at]!)}</bdi>, <bdi>${escapeText(table.b[at]!)}</bdi></th><td class="n">${x[at]!.toFixed(3)}</td><td class="n">${decimal(y[at]!)}</td></tr>`,
      )
    return `<table><caption>${title}</caption><thead><tr><th scope="col">Words</th><th scope="col" class="n">contexts</th><th scope="col" class="n">cosine</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  })
  return `<div class="examples">${columns.join('\n')}</div>`
}

function sharing({ words, dimensions, parameters, rows }: ParameterSharing): string {
  const lines = rows.map(row => {
    const share = row.distinct > 0 ? `${((row.once / row.distinct) * 100).toFixed(0)} %` : '–'
    const possible =
      row.possible < 1e9 ? whole(row.possible) : row.possible.toExponential(1).replace('e+', ' · 10^')
    const cells = [whole(row.occurrences), whole(row.distinct), share, possible, row.perParameter.toFixed(2)]
    return `<tr><th scope="row">${row.order}</th>${cells.map(cell => `<td class="n">${cell}</td>`).join('')}</tr>`
  })
  const heads = ['in the text', 'distinct', 'seen once', 'possible', 'distinct per parameter']
  return `<h2>Why share parameters</h2>
<p>${whole(words)} words × ${dimensions} dimensions are ${whole(parameters)} numbers, whatever the length of the context. A table of n-grams needs one number for each distinct n-gram, most of which were seen a single time, and says nothing of those that were not seen.</p>
<div class="scroll"><table><thead><tr><th scope="col">n</th>${heads.map(head => `<th scope="col" class="n">${head}</th>`).join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}
