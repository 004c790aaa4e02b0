/** The head of a report: each figure with its unit, the test perplexity beside the baseline's. */
import { type Html, html } from './html.ts'
import { count, duration, loss, NONE, percent, perplexity, short } from './number-text.ts'
import type { RunSummary } from './summary.ts'

/** Cards with the figures of one run. */
export function keyFigures(run: RunSummary): Html {
  const { final, baseline, best, unit } = run
  const cards: Html[] = []
  if (final !== undefined) {
    cards.push(
      card(`${capital(final.split)} perplexity`, perplexity(final.perplexity), `per ${unit}`, 'lead'),
    )
  }
  if (final !== undefined && baseline !== undefined) {
    cards.push(
      card(
        `Baseline ${baseline.name}`,
        perplexity(baseline.perplexity),
        `per ${unit}, ${compared(final.perplexity, baseline.perplexity)}`,
        'lead',
      ),
    )
  }
  if (final !== undefined)
    cards.push(card(`${capital(final.split)} loss`, loss(final.loss), `nats per ${unit}`))
  if (final?.bitsPerCharacter !== undefined) {
    cards.push(card('Compression', loss(final.bitsPerCharacter), `bits per ${bitsUnit(unit)}`))
  }
  if (best !== undefined && best !== final) {
    cards.push(
      card(
        `Best ${best.split} perplexity`,
        perplexity(best.perplexity),
        `per ${unit}, step ${count(best.step)}`,
      ),
    )
  }
  if (run.train.length > 0) {
    const epochs = Number.isFinite(run.epochs) ? `, ${short(run.epochs)} epochs` : ''
    cards.push(card('Training', count(run.lastStep), `steps${epochs}`))
    if (Number.isFinite(run.tokens))
      cards.push(card('Trained on', count(run.tokens), 'tokens, repeats counted'))
    cards.push(card('Speed', count(run.tokensPerSecond), 'tokens per second, median'))
    cards.push(card('Time', duration(run.seconds), 'of training, all sessions'))
  }
  if (cards.length === 0)
    return html`<p class="missing">The run has no metrics yet: there are no figures to show.</p>`
  return html`<dl class="cards">${cards}</dl>`
}

/** Final figures of several runs side by side; the best of each row is bold. */
export function figuresTable(runs: readonly RunSummary[]): Html {
  const row = (
    name: string,
    of: (run: RunSummary) => number,
    write: (value: number) => string,
    better?: 'low' | 'high',
  ) => {
    const values = runs.map(of)
    const known = values.filter(Number.isFinite)
    if (known.length === 0) return undefined
    const winner =
      better === undefined || known.length < 2
        ? Number.NaN
        : better === 'low'
          ? Math.min(...known)
          : Math.max(...known)
    const cells = values.map(value => {
      const text = write(value)
      return html`<td class="n">${value === winner ? html`<strong>${text}</strong>` : text}</td>`
    })
    return html`<tr><th scope="row">${name}</th>${cells}</tr>`
  }
  const words = (name: string, of: (run: RunSummary) => string) =>
    html`<tr><th scope="row">${name}</th>${runs.map(run => html`<td class="n">${of(run)}</td>`)}</tr>`
  const units = new Set(runs.map(run => run.unit))
  const unit = units.size === 1 ? [...units][0]! : 'token'
  const comparable = units.size === 1 ? ('low' as const) : undefined
  const rows = [
    units.size > 1 && words('Unit of a token', run => run.unit),
    words('Scored split', run => run.final?.split ?? NONE),
    row(`Perplexity per ${unit}`, run => run.final?.perplexity ?? Number.NaN, perplexity, comparable),
    row(`Loss (nats per ${unit})`, run => run.final?.loss ?? Number.NaN, loss, comparable),
    row(`Bits per ${bitsUnit(unit)}`, run => run.final?.bitsPerCharacter ?? Number.NaN, loss, 'low'),
    row(`Baseline perplexity per ${unit}`, run => run.baseline?.perplexity ?? Number.NaN, perplexity),
    row(
      `Best held-out perplexity per ${unit}`,
      run => run.best?.perplexity ?? Number.NaN,
      perplexity,
      comparable,
    ),
    row('Tokens scored', run => run.final?.tokens ?? Number.NaN, count),
    row('Out of vocabulary', run => run.final?.outOfVocabularyRate ?? Number.NaN, percent),
    row('Steps', run => run.lastStep, count),
    row('Epochs', run => run.epochs, short),
    row('Speed (tokens per second, median)', run => run.tokensPerSecond, count, 'high'),
    row('Training time', run => run.seconds, duration, 'low'),
    words('Ended by', run => run.ended ?? 'not ended'),
  ]
  return html`<div class="scroll"><table class="figures"><thead><tr><th scope="col">Figure</th>${runs.map(run => runHead(run))}</tr></thead><tbody>${rows.filter(cells => cells !== undefined)}</tbody></table></div>`
}

/** A column head with the colour the run has in the figures. */
export function runHead(run: RunSummary): Html {
  return html`<th scope="col" class="n"><span class="swatch" style="background:${run.colour}"></span>${run.label}</th>`
}

function card(name: string, value: string, unit: string, style = ''): Html {
  return html`<div class="card ${style}"><dt>${name}</dt><dd><span class="value">${value}</span> <span class="unit">${unit}</span></dd></div>`
}

/** How a model stands to a baseline: perplexity lower or higher by what share. */
function compared(model: number, baseline: number): string {
  const change = model / baseline - 1
  if (!Number.isFinite(change)) return 'not comparable'
  return `the model's is ${percent(Math.abs(change))} ${change <= 0 ? 'lower' : 'higher'}`
}

/** Bits are counted per byte for byte models, per character for all others. */
const bitsUnit = (unit: string): string => (unit === 'byte' ? 'byte' : 'character')

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
