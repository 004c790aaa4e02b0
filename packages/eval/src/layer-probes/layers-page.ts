/** The page of an encoder's layers: one HTML file that runs nothing and asks for nothing. */

import { exactInterval } from '../ladder/binomial.ts'
import type { Count } from '../probe/record.ts'
import { type Html, html, source } from '../report/html.ts'
import { count, duration, short } from '../report/number-text.ts'
import { pageShell } from '../report/page-shell.ts'
import {
  compareSenseLayers,
  compareTagLayers,
  difference,
  type LayerClaim,
  type LayerComparison,
  type LayerProbeResults,
  percent,
  senseRecords,
  tagRecords,
} from './claim.ts'
import { type LayerProbeRecord, type SenseRecord, shareOf, type TagRecord } from './probe-record.ts'

/** What a page shows. */
export interface LayerPage extends LayerProbeResults {
  readonly name: string
  readonly claim: LayerClaim
}

/** The page as HTML. */
export function renderLayerProbes(page: LayerPage): string {
  const { name, claim, records } = page
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0)
  const body = html`<header><p class="kicker">Layer probes</p><h1>${name}</h1>
<p class="subtitle">${records.length} probes, ${duration(seconds)}</p></header>
<h2>Lower layer: syntax, upper layer: word sense?</h2>
<p class="verdict">${claim.level}</p>
<table><thead><tr><th>Half</th><th>Verdict</th><th>Seen</th></tr></thead><tbody>
<tr><th scope="row">lower layer: syntax</th><td>${claim.syntax.level}</td><td class="wide">${claim.syntax.text}</td></tr>
<tr><th scope="row">upper layer: word sense</th><td>${claim.senses.level}</td><td class="wide">${claim.senses.text}</td></tr>
</tbody></table>
<p>The rule, fixed beforehand: the lowest and the highest recurrent layer are compared on the same items. A half holds if the 95 % interval of the difference is above zero (on every split) and the better layer also beats the best guess without context; it is contradicted if the interval is below zero. The whole holds if both halves do.</p>
${page.tagBaselines !== undefined && tagSection(page, page.tagBaselines)}
${page.senseBaselines !== undefined && senseSection(page, page.senseBaselines)}`
  return source(
    pageShell({
      title: `Layers of ${name} – elman`,
      body,
      style: STYLE,
      footer:
        'Made by elman. Intervals are exact binomial ones (Clopper & Pearson) at 95 %; they take words as independent, which those of a sentence are not quite.',
    }),
  )
}

function tagSection(page: LayerPage, baselines: NonNullable<LayerPage['tagBaselines']>): Html {
  const { majority, mostFrequentTag, mostFrequentTagKnown, mostFrequentTagUnknown } = baselines
  const rows = [...tagRecords(page.records, 'trained'), ...tagRecords(page.records, 'untrained')]
  const unknown = mostFrequentTagUnknown
  return html`<h2>Parts of speech</h2>
<p>A linear classifier of ${baselines.tags.length} tags, trained on ${count(baselines.trainWords)} words of ${count(baselines.trainSentences)} sentences, its penalty chosen on held-out sentences. The control task gives each word type a tag of its own by lot (Hewitt & Liang 2019); selectivity is accuracy less that on the control task.</p>
<div class="scroll"><table><thead><tr><th>Layer</th><th>Weights</th><th class="n">Right</th><th class="n">Accuracy</th><th class="n">95 % interval</th><th class="n">Known words</th><th class="n">Unknown words</th><th class="n">Control</th><th class="n">Selectivity</th><th class="n">λ</th><th class="n">Gradient left</th></tr></thead><tbody>
${rows.map(tagRow)}
${baselineRow('most frequent tag of the word', mostFrequentTag, [percent(shareOf(mostFrequentTagKnown)), percent(shareOf(unknown))], 4)}
${baselineRow('most frequent tag', majority, ['–', '–'], 4)}
</tbody></table></div>
${mixFigure(rows, 'What the tagger takes from each layer')}
${comparisons(compareTagLayers(page, 'trained'), 'The intervals are widened to those of a bootstrap over sentences where it is wider.')}`
}

function tagRow(record: TagRecord): Html {
  const { layer, encoder, score, known, unknown, control, selectivity, fit } = record
  const controls = control.map(each => percent(shareOf(each))).join(', ')
  return html`<tr><th scope="row">${layer}</th><td>${encoder}</td>${countCells(score)}<td class="n">${percent(shareOf(known))}</td><td class="n">${percent(shareOf(unknown))}</td><td class="n">${controls}</td><td class="n">${percent(selectivity)}</td><td class="n">${short(fit.l2)}</td><td class="n">${short(fit.relativeGradient)}${!fit.converged && ' (stopped)'}</td></tr>`
}

function senseSection(page: LayerPage, baselines: NonNullable<LayerPage['senseBaselines']>): Html {
  const rows = [...senseRecords(page.records, 'trained'), ...senseRecords(page.records, 'untrained')]
  const lemmas = Object.keys(rows[0]?.splits[0]?.lemmas ?? {})
  const splits = baselines.splits
  return html`<h2>Word senses</h2>
<p>The nearest centroid of the senses of a word, by angle, of ${count(splits[0]?.train ?? 0)} instances of ${baselines.lemmas} words with ${baselines.senses} senses; ${splits.length} ${splits.length === 1 ? 'split' : 'splits'} by lot, in equal shares of each sense. Mean recall counts each sense alike, however rare.</p>
<div class="scroll"><table><thead><tr><th>Layer</th><th>Weights</th><th class="n">Split</th><th class="n">Right</th><th class="n">Accuracy</th><th class="n">95 % interval</th><th class="n">Mean recall</th>${lemmas.map(lemma => html`<th class="n">${lemma}</th>`)}</tr></thead><tbody>
${rows.flatMap(record => record.splits.map(split => senseRow(record, split, lemmas)))}
${splits.map(({ seed, mostFrequentSense }) => html`<tr><th scope="row">most frequent sense</th><td>–</td><td class="n">${seed}</td>${countCells(mostFrequentSense)}<td class="n">–</td>${lemmas.map(() => html`<td class="n">–</td>`)}</tr>`)}
</tbody></table></div>
${mixFigure(rows, 'What a classifier of senses takes from each layer')}
${comparisons(compareSenseLayers(page, 'trained'), 'A line of numbers for each split.')}`
}

function senseRow(
  record: SenseRecord,
  split: SenseRecord['splits'][number],
  lemmas: readonly string[],
): Html {
  const cells = lemmas.map(
    lemma => html`<td class="n">${percent(shareOf(split.lemmas[lemma] ?? { right: 0, total: 0 }))}</td>`,
  )
  return html`<tr><th scope="row">${record.layer}</th><td>${record.encoder}</td><td class="n">${split.seed}</td>${countCells(split.score)}<td class="n">${percent(split.senseRecall)}</td>${cells}</tr>`
}

function baselineRow(name: string, score: Count, cells: readonly string[], empty: number): Html {
  const rest = [...cells, ...Array.from({ length: empty }, () => '–')]
  return html`<tr><th scope="row">${name}</th><td>–</td>${countCells(score)}${rest.map(cell => html`<td class="n">${cell}</td>`)}</tr>`
}

function countCells(score: Count): Html {
  const { lower, upper } = exactInterval(score)
  return html`<td class="n">${count(score.right)} / ${count(score.total)}</td><td class="n"><b>${percent(shareOf(score))}</b></td><td class="n">${percent(lower)} to ${percent(upper)}</td>`
}

/** Bars of the shares of a mix. */
function mixFigure(records: readonly LayerProbeRecord[], title: string): Html | false {
  const mix = records.find(({ layer }) => layer === 'mix')?.mix
  if (mix === undefined) return false
  const bars = Object.entries(mix.shares).map(
    ([layer, share]) =>
      html`<tr><th scope="row">${layer}</th><td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="${percent(share)}"><rect width="${(100 * share).toFixed(2)}" height="10"/></svg></td><td class="n">${percent(share)}</td></tr>`,
  )
  return html`<h3>${title}</h3><table class="mix"><tbody>${bars}</tbody></table><p class="small">softmax(s) of the learned mix of standardised layers; γ = ${mix.gamma.toFixed(3)}.</p>`
}

function comparisons(pairs: readonly LayerComparison[], note: string): Html | false {
  if (pairs.length === 0) return false
  const rows = pairs.map(
    ({ first, second, splits }) =>
      html`<tr><th scope="row">${first} less ${second}</th><td class="n">${splits.map(split => html`${count(split.onlyFirst)} / ${count(split.onlySecond)}<br>`)}</td><td class="n">${splits.map(split => html`${difference(split)}<br>`)}</td><td class="n">${splits.map(split => html`${probability(split.p)}<br>`)}</td></tr>`,
  )
  return html`<h3>Layer against layer</h3><div class="scroll"><table><thead><tr><th>Layers</th><th class="n">Only the one / the other right</th><th class="n">Difference, 95 % interval</th><th class="n">p (McNemar, exact)</th></tr></thead><tbody>${rows}</tbody></table></div><p class="small">${note}</p>`
}

/** Below the smallest numbers there are, a p is said to be small, not 0. */
function probability(p: number): string {
  return p < 1e-300 ? '< 1e-300' : short(p)
}

const STYLE = `
main { max-width: 1280px; } tbody th { white-space: nowrap; }
.verdict { font: 600 1.6rem/1.2 var(--sans); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; } .wide { min-width: 26em; } .small { font-size: 0.85rem; color: var(--muted); }
table { border-collapse: collapse; font: 0.82rem/1.45 var(--sans); margin: 0 0 14px; }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; font-weight: 400; }
thead th { font-weight: 600; color: var(--muted); } th.n { text-align: right; }
.mix .bar { width: 320px; } .mix svg { display: block; width: 320px; height: 14px; background: var(--grid); } .mix rect { fill: var(--series-1); }
`
