/** Configs to read: JSON with colour, and a table of what differs between runs. */
import { differences } from './config-difference.ts'
import { type Html, html, join } from './html.ts'
import { runHead } from './key-figures.ts'
import { NONE } from './number-text.ts'
import type { RunSummary } from './summary.ts'

/** A JSON value as indented, coloured text. */
export function jsonView(value: unknown, indent = ''): Html {
  if (typeof value === 'string') return html`<span class="text">${JSON.stringify(value)}</span>`
  if (typeof value !== 'object' || value === null)
    return html`<span class="atom">${JSON.stringify(value)}</span>`
  const list = Array.isArray(value)
  const entries = Object.entries(value)
  const [open, close] = list ? ['[', ']'] : ['{', '}']
  if (entries.length === 0) return html`${open}${close}`
  const flat = list && entries.every(([, child]) => typeof child !== 'object' || child === null)
  if (flat && JSON.stringify(value).length < 90) {
    return html`[${entries.map(([, child], index) => html`${index > 0 && ', '}${jsonView(child)}`)}]`
  }
  const deeper = `${indent}  `
  const lines = entries.map(([name, child], index) => {
    const key = list ? html`` : html`<span class="key">${name}</span>: `
    return html`${deeper}${key}${jsonView(child, deeper)}${index < entries.length - 1 && ','}`
  })
  return html`${open}
${join(lines)}
${indent}${close}`
}

/** The whole config of a run, folded. */
export function configView(run: RunSummary, named: boolean): Html {
  if (run.files.config === undefined)
    return html`<p class="missing">${named && `${run.label}: `}The run has no readable config.json.</p>`
  const title = named ? `Whole config of ${run.label}` : 'Whole config'
  return html`<details class="config" open><summary>${title}</summary><pre><code>${jsonView(run.files.config)}</code></pre></details>`
}

/** What differs between the JSON values of several runs, a path a row. */
export function differenceTable(
  runs: readonly RunSummary[],
  of: (run: RunSummary) => unknown,
  what: string,
): Html {
  const rows = differences(runs.map(of))
  if (rows.length === 0) return html`<p>The ${what} of the runs are the same.</p>`
  const body = rows.map(({ path, values }) => {
    const cells = values.map(value => html`<td class="n value">${value === undefined ? NONE : value}</td>`)
    return html`<tr><th scope="row" class="path">${path === '' ? '(all)' : path}</th>${cells}</tr>`
  })
  return html`<div class="scroll"><table class="differences"><thead><tr><th scope="col">Path</th>${runs.map(runHead)}</tr></thead><tbody>${body}</tbody></table></div>`
}
