/** The report of a run, or of several side by side: one HTML file that needs nothing else. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ElmanError } from '@elman/core'
import { leaves } from './config-difference.ts'
import { configView, differenceTable } from './config-view.ts'
import { dataSection } from './data-card.ts'
import { figure, lossFigure, perplexityFigure, TRAIN_QUANTITIES, trainFigure } from './figures.ts'
import { drawHeatMap, normsByPath } from './heat-map.ts'
import { type Html, html, source } from './html.ts'
import { figuresTable, keyFigures, runHead } from './key-figures.ts'
import { count, duration, NONE, percent, short } from './number-text.ts'
import { pageShell } from './page-shell.ts'
import { type RunFiles, readRunFiles } from './run-files.ts'
import { sampleList } from './samples.ts'
import { median } from './series.ts'
import { type RunSummary, summarise } from './summary.ts'
import { drawTimeBars, timeParts } from './time-bar.ts'
import { comparisonWarnings, runWarnings, type Warning } from './warnings.ts'

/**
 * Renders one run, or compares several, as a self-contained HTML page without scripts.
 *
 * Missing parts (no baseline, no samples, no metrics at all) become sentences. Throws `REPORT_NO_RUNS` for an empty list.
 */
export async function renderReport(runs: readonly RunFiles[]): Promise<string> {
  if (runs.length === 0) {
    throw new ElmanError('REPORT_NO_RUNS', {
      message: 'a report needs at least one run',
      hint: 'name one or more run folders',
    })
  }
  const summaries = summarise(runs)
  const title = summaries.map(run => run.label).join(' · ')
  const body = html`${summaries.length === 1 ? head(summaries[0]!) : comparisonHead(summaries)}
${await curves(summaries)}
${await time(summaries)}
${samples(summaries)}
${data(summaries)}
${config(summaries)}
${environment(summaries)}`
  const footer =
    'Made by elman from the files of the run folder. Perplexity is the exponential of the mean loss in nats per token.'
  return source(pageShell({ title: `${title} – elman report`, body, footer }))
}

/**
 * Reads run folders and writes their report to a file, whose folder is made if absent.
 *
 * Throws what {@link readRunFiles} and {@link renderReport} throw.
 */
export async function writeReport(directories: readonly string[], outFile: string): Promise<void> {
  const runs: RunFiles[] = []
  for (const directory of directories) runs.push(await readRunFiles(directory))
  const text = await renderReport(runs)
  await mkdir(dirname(outFile), { recursive: true })
  await writeFile(outFile, text)
}

function head(run: RunSummary): Html {
  return html`<header><p class="kicker">Training run</p><h1>${run.label}</h1><p class="subtitle">${subtitle(run)}</p></header>
${notes(runWarnings(run).map(warning => ({ warning })))}
${keyFigures(run)}
${run.final !== undefined && run.baseline === undefined && html`<p class="missing">No baseline was scored on the ${run.final.split} split.</p>`}`
}

function comparisonHead(runs: readonly RunSummary[]): Html {
  const warnings = [
    ...comparisonWarnings(runs).map(warning => ({ warning })),
    ...runs.flatMap(run => runWarnings(run).map(warning => ({ warning, run: run.label }))),
  ]
  return html`<header><p class="kicker">Comparison of ${runs.length} runs</p><h1>${runs.map((run, index) => html`${index > 0 && ', '}${run.label}`)}</h1></header>
${notes(warnings)}
${figuresTable(runs)}
<h2 id="differences">What differs in the configs</h2>
${differenceTable(runs, run => run.files.config, 'configs')}`
}

function subtitle(run: RunSummary): string {
  const config = leaves(run.files.config)
  const environment = leaves(run.files.environment)
  const started = unquoted(environment.get('startedAt'))
  const parts = [
    unquoted(config.get('model.type')),
    unquoted(config.get('model.cell.type')),
    unquoted(config.get('corpus.type')) ?? unquoted(leaves(run.files.data).get('name')),
    started && `started ${started.replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1 UTC')}`,
    run.ended === 'finish' ? 'finished' : run.ended === 'early-stop' ? 'stopped early' : undefined,
  ]
  return parts.filter(part => part !== undefined && part !== '').join(' · ')
}

function unquoted(json: string | undefined): string | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  return typeof value === 'string' ? value : undefined
}

function notes(items: readonly { warning: Warning; run?: string }[]): Html {
  if (items.length === 0) return html``
  const lines = items.map(
    ({ warning, run }) =>
      html`<li class="${warning.serious && 'serious'}">${run !== undefined && html`<b>${run}:</b> `}${warning.text}</li>`,
  )
  return html`<ul class="notes" role="note" aria-label="Notes on the run">${lines}</ul>`
}

async function curves(runs: readonly RunSummary[]): Promise<Html> {
  const loss = await lossFigure(runs)
  if (loss === undefined) {
    return html`<h2 id="curves">Curves</h2><p class="missing">No training steps or evaluations were logged: there are no curves.</p>`
  }
  const small: Html[] = []
  for (const quantity of TRAIN_QUANTITIES) {
    const chart = await trainFigure(runs, quantity)
    small.push(chart ?? html`<p class="missing">${quantity.title} was not logged.</p>`)
  }
  return html`<h2 id="curves">Loss and perplexity</h2>
${loss}
${await perplexityFigure(runs)}
<h2 id="optimisation">Optimisation</h2>
<div class="pair">${small}</div>
${await gradients(runs)}`
}

const MOST_PATHS = 60

async function gradients(runs: readonly RunSummary[]): Promise<Html> {
  const figures: Html[] = []
  for (const [index, run] of runs.entries()) {
    const all = normsByPath(run.train)
    const rows = all.slice(0, MOST_PATHS)
    const title = `Gradient norm by parameter${runs.length > 1 ? `, ${run.label}` : ''}`
    const peaks = rows.map(row => `${row.path}: median ${short(median(row.norms))}`)
    const drawing =
      rows.length > 0 &&
      (await drawHeatMap(rows, { id: `norms-${index + 1}`, title, description: peaks.join(' ; ') }))
    if (!drawing) continue
    const cut = all.length > MOST_PATHS ? ` The first ${MOST_PATHS} of ${all.length} parameters.` : ''
    const table = html`<table><thead><tr><th scope="col">Parameter</th><th scope="col" class="n">Median</th><th scope="col" class="n">Smallest</th><th scope="col" class="n">Largest</th></tr></thead><tbody>${rows.map(
      row => {
        const norms = row.norms.filter(Number.isFinite)
        const low = norms.reduce((a, b) => Math.min(a, b), Infinity)
        const high = norms.reduce((a, b) => Math.max(a, b), -Infinity)
        return html`<tr><th scope="row" class="path">${row.path}</th><td class="n">${short(median(norms))}</td><td class="n">${short(low)}</td><td class="n">${short(high)}</td></tr>`
      },
    )}</tbody></table>`
    figures.push(
      figure('wide', drawing, `${title}: L2 norm, mean over spans of steps, log colour scale.${cut}`, table),
    )
  }
  if (figures.length === 0) return html`<p class="missing">Gradient norms by parameter were not logged.</p>`
  return html`<h3>Gradient norms by parameter</h3>${figures}`
}

async function time(runs: readonly RunSummary[]): Promise<Html> {
  const bars = runs
    .map(run => ({ label: run.label, parts: timeParts(run.files.metrics) }))
    .filter(run => run.parts.length > 0)
  const title = html`<h2 id="time">Where the time went</h2>`
  if (bars.length === 0) return html`${title}<p class="missing">No time breakdown was logged.</p>`
  const description = bars.map(
    ({ label, parts }) =>
      `${label}: ${parts.map(part => `${part.name} ${duration(part.seconds)}`).join(', ')}`,
  )
  const drawing = await drawTimeBars(bars, {
    id: 'time-bars',
    title: 'Time by part of the training loop',
    description: description.join(' ; '),
  })
  const names = [...new Map(bars.flatMap(bar => bar.parts.map(part => [part.name, part.colour] as const)))]
  const rows = names.map(([name, colour]) => {
    const cells = bars.map(({ parts }) => {
      const seconds = parts.find(part => part.name === name)?.seconds ?? 0
      const total = parts.reduce((sum, part) => sum + part.seconds, 0)
      return html`<td class="n">${duration(seconds)}</td><td class="n">${percent(seconds / total)}</td>`
    })
    return html`<tr><th scope="row"><span class="swatch" style="background:${colour}"></span>${name}</th>${cells}</tr>`
  })
  const heads = bars.map(
    ({ label }) =>
      html`<th scope="col" class="n">${bars.length > 1 ? label : 'Time'}</th><th scope="col" class="n">Share</th>`,
  )
  return html`${title}
${figure('wide', drawing, 'Wall-clock time of the training loop by part, over all sessions of the run.')}
<div class="scroll"><table><thead><tr><th scope="col">Part</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`
}

function samples(runs: readonly RunSummary[]): Html {
  const lists = runs.map(
    run => html`${runs.length > 1 && html`<h3>${run.label}</h3>`}${sampleList(run.samples)}`,
  )
  return html`<h2 id="samples">Samples</h2>${lists}`
}

function data(runs: readonly RunSummary[]): Html {
  const same = runs.every(run => isDeepStrictEqual(run.files.data, runs[0]!.files.data))
  const shown = same ? runs.slice(0, 1) : runs
  const cards = shown.map(run => html`${!same && html`<h3>${run.label}</h3>`}${dataSection(run.files.data)}`)
  return html`<h2 id="data">Data</h2>${same && runs.length > 1 && html`<p>The same for all runs.</p>`}${cards}`
}

function config(runs: readonly RunSummary[]): Html {
  return html`<h2 id="config">Config</h2>${runs.map(run => configView(run, runs.length > 1))}`
}

function environment(runs: readonly RunSummary[]): Html {
  const title = html`<h2 id="environment">Environment</h2>`
  const flat = runs.map(run => leaves(run.files.environment))
  const paths = [...new Set(flat.flatMap(map => [...map.keys()]))]
  if (paths.length === 0)
    return html`${title}<p class="missing">The run has no readable environment.json.</p>`
  const rows = paths.map(path => {
    const cells = flat.map(
      map => html`<td class="value">${unquoted(map.get(path)) ?? map.get(path) ?? NONE}</td>`,
    )
    return html`<tr><th scope="row" class="path">${path}</th>${cells}</tr>`
  })
  const columns = runs.length > 1 ? runs.map(runHead) : html`<th scope="col">Value</th>`
  return html`${title}
<div class="scroll"><table><thead><tr><th scope="col">Name</th>${columns}</tr></thead><tbody>${rows}</tbody></table></div>
${events(runs)}`
}

function events(runs: readonly RunSummary[]): Html {
  const rows = runs.flatMap(run =>
    run.events.map(
      event =>
        html`<tr>${runs.length > 1 && html`<td>${run.label}</td>`}<td class="n">${count(event.step)}</td><td>${event.name}</td><td>${event.message}</td></tr>`,
    ),
  )
  if (rows.length === 0) return html`<p class="missing">No events were logged.</p>`
  const table = html`<div class="scroll"><table><thead><tr>${runs.length > 1 && html`<th scope="col">Run</th>`}<th scope="col" class="n">Step</th><th scope="col">Event</th><th scope="col">Message</th></tr></thead><tbody>${rows}</tbody></table></div>`
  return rows.length <= 12
    ? html`<h3>Events</h3>${table}`
    : html`<details><summary>${rows.length} events</summary>${table}</details>`
}
