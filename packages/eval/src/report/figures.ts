/** The figures of a report: which curves of which run go where, and the tables that say the same in numbers. */
import { type Axis, linearAxis, logAxis } from './axis.ts'
import { type Html, html } from './html.ts'
import { shorten } from './labels.ts'
import {
  type Curve,
  drawLineChart,
  type EpochSpan,
  type LineChart,
  type ReferenceLine,
} from './line-chart.ts'
import type { EvaluateRecord, TrainRecord } from './metrics.ts'
import { count, loss, percent, perplexity, short } from './number-text.ts'
import { finite, type Point, passOf, smooth, thin } from './series.ts'
import type { RunSummary } from './summary.ts'

/** Loss of training and evaluation over steps, and the baselines. Undefined when nothing was logged. */
export async function lossFigure(runs: readonly RunSummary[]): Promise<Html | undefined> {
  const curves = scoreCurves(runs, record => record.loss, loss)
  if (curves.length === 0) return undefined
  const references = baselineLines(runs, record => record.loss, loss)
  const values = [...curves.flatMap(shownValues), ...references.map(line => line.y)]
  const units = unitsOf(runs)
  const chart: LineChart = {
    id: 'loss',
    title: `Loss in nats per ${units}`,
    description: describe(curves, references, 'loss'),
    yTitle: `Loss (nats per ${units})`,
    yAxis: linearAxis(values),
    curves,
    references,
    epochs: runs.length === 1 ? epochSpans(runs[0]!.train) : [],
    size: 'wide',
  }
  return figure(
    chart.size,
    await drawLineChart(chart),
    `${chart.title}. ${curveKey(runs)}`,
    evaluationTable(runs),
  )
}

/** Perplexity on a log axis, from the first evaluation down: the part where models differ. */
export async function perplexityFigure(runs: readonly RunSummary[]): Promise<Html | undefined> {
  const all = scoreCurves(runs, record => record.perplexity, perplexity)
  const curves = all
    .filter(curve => curve.style !== 'raw')
    .map(curve => (curve.style === 'thin' || curve.style === 'line' ? exponential(curve) : curve))
  if (curves.length === 0) return undefined
  const references = baselineLines(runs, record => record.perplexity, perplexity)
  const scored = curves
    .filter(curve => curve.style === 'marked')
    .flatMap(curve => curve.points.map(point => point.y))
  const ends = curves.flatMap(curve => [
    curve.points.at(-1)!.y,
    Math.min(...thin(curve.points).map(point => point.y)),
  ])
  const values = [
    ...(scored.length > 0 ? scored : curves.flatMap(shownValues)),
    ...ends,
    ...references.map(line => line.y),
  ]
  const units = unitsOf(runs)
  const chart: LineChart = {
    id: 'perplexity',
    title: `Perplexity per ${units}`,
    description: describe(curves, references, 'perplexity'),
    yTitle: `Perplexity per ${units} (log scale)`,
    yAxis: logAxis(values),
    curves,
    references,
    epochs: runs.length === 1 ? epochSpans(runs[0]!.train) : [],
    size: 'wide',
  }
  const caption = `${chart.title}, the exponential of the loss; the training curve starts where it enters the range of the evaluations.`
  return figure(chart.size, await drawLineChart(chart), caption)
}

/** A quantity that every training line carries. */
export interface TrainQuantity {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly of: (record: TrainRecord) => number
  readonly raw: boolean
  readonly caption: string
}

/** Learning rate, gradient norm and speed, in the order of their charts. */
export const TRAIN_QUANTITIES: readonly TrainQuantity[] = [
  {
    id: 'rate',
    title: 'Learning rate',
    unit: 'step size of the optimiser',
    of: record => record.rate,
    raw: false,
    caption: 'Learning rate at each logged step.',
  },
  {
    id: 'gradient-norm',
    title: 'Gradient norm',
    unit: 'global L2 norm before clipping',
    of: record => record.gradientNorm,
    raw: true,
    caption: 'Global L2 norm of the gradient before clipping: logged values faint, their moving mean strong.',
  },
  {
    id: 'speed',
    title: 'Training speed',
    unit: 'tokens per second',
    of: record => record.tokensPerSecond,
    raw: true,
    caption: 'Training speed in tokens per second: logged values faint, their moving mean strong.',
  },
]

/** A small chart of one quantity of the training lines. Undefined when no run logged it. */
export async function trainFigure(
  runs: readonly RunSummary[],
  quantity: TrainQuantity,
): Promise<Html | undefined> {
  const curves: Curve[] = []
  const table: { run: RunSummary; points: readonly Point[] }[] = []
  for (const run of runs) {
    const points = finite(run.train.map(record => ({ x: record.step, y: quantity.of(record) })))
    if (points.length === 0) continue
    const colour = runs.length === 1 ? 'var(--train)' : run.colour
    const smoothed = quantity.raw ? smooth(points, reachOf(points)) : points
    if (quantity.raw && runs.length === 1) curves.push({ name: 'logged', points, colour, style: 'raw' })
    curves.push({
      name: run.label,
      points: smoothed,
      colour,
      style: quantity.raw ? 'line' : 'steps',
      label: runs.length === 1 ? short(smoothed.at(-1)!.y) : shorten(run.label, 12, 'middle'),
    })
    table.push({ run, points: smoothed })
  }
  if (curves.length === 0) return undefined
  const yAxis = rangeAxis(curves.flatMap(shownValues), quantity.id === 'speed')
  const positive =
    yAxis.type === 'linear' ? curves : curves.map(curve => ({ ...curve, points: aboveZero(curve.points) }))
  const scale = yAxis.type === 'log' ? ', log scale' : ''
  const chart: LineChart = {
    id: quantity.id,
    title: `${quantity.title} (${quantity.unit})`,
    description: describe(positive, [], quantity.title.toLowerCase()),
    yTitle: `${quantity.title} (${quantity.unit}${scale})`,
    yAxis,
    curves: positive.filter(curve => curve.points.length > 0),
    size: 'half',
  }
  const rows = table.flatMap(({ run, points }) =>
    evenly(points, 12).map(
      point =>
        html`<tr>${runs.length > 1 && html`<td>${run.label}</td>`}<td class="n">${count(point.x)}</td><td class="n">${short(point.y)}</td></tr>`,
    ),
  )
  const head = html`<tr>${runs.length > 1 && html`<th scope="col">Run</th>`}<th scope="col" class="n">Step</th><th scope="col" class="n">${quantity.title}</th></tr>`
  return figure(
    chart.size,
    await drawLineChart(chart),
    quantity.caption,
    html`<table><thead>${head}</thead><tbody>${rows}</tbody></table>`,
  )
}

/** A drawing with its caption and, folded, its numbers. */
export function figure(size: 'wide' | 'half', drawing: Html, caption: string, table?: Html): Html {
  const numbers =
    table &&
    html`<details class="numbers"><summary>The numbers</summary><div class="scroll">${table}</div></details>`
  return html`<figure class="${size}"><div class="scroll">${drawing}</div><figcaption>${caption}</figcaption>${numbers}</figure>`
}

function evaluationTable(runs: readonly RunSummary[]): Html | undefined {
  const rows = runs.flatMap(run =>
    run.evaluations.map(record => evaluationRow(record, runs.length > 1 && run.label)),
  )
  const baselines = runs.flatMap(run =>
    run.baselines.map(
      record =>
        html`<tr>${runs.length > 1 && html`<td>${run.label}</td>`}<td>${record.name}, ${record.split}</td><td></td><td></td><td class="n">${loss(record.loss)}</td><td class="n">${perplexity(record.perplexity)}</td><td></td><td class="n">${count(record.tokens)}</td><td></td></tr>`,
    ),
  )
  if (rows.length + baselines.length === 0) return undefined
  const unit = unitsOf(runs)
  return html`<table><thead><tr>${runs.length > 1 && html`<th scope="col">Run</th>`}<th scope="col">Split</th><th scope="col" class="n">Step</th><th scope="col" class="n">Epoch</th><th scope="col" class="n">Loss (nats per ${unit})</th><th scope="col" class="n">Perplexity per ${unit}</th><th scope="col" class="n">Bits per character</th><th scope="col" class="n">Tokens scored</th><th scope="col" class="n">Out of vocabulary</th></tr></thead><tbody>${rows}${baselines}</tbody></table>`
}

function evaluationRow(record: EvaluateRecord, run: string | false): Html {
  return html`<tr>${run !== false && html`<td>${run}</td>`}<td>${splitName(record)}</td><td class="n">${count(record.step)}</td><td class="n">${short(record.epoch)}</td><td class="n">${loss(record.loss)}</td><td class="n">${perplexity(record.perplexity)}</td><td class="n">${loss(record.bitsPerCharacter ?? Number.NaN)}</td><td class="n">${count(record.tokens)}</td><td class="n">${percent(record.outOfVocabularyRate ?? Number.NaN)}</td></tr>`
}

/** Training curves (raw and smoothed loss) and one curve for each evaluated split; labels carry the last value. */
function scoreCurves(
  runs: readonly RunSummary[],
  score: (record: EvaluateRecord) => number,
  write: (value: number) => string,
): Curve[] {
  const alone = runs.length === 1
  const curves: Curve[] = []
  for (const run of runs) {
    const name = alone ? '' : `${shorten(run.label, 13, 'middle')} `
    const train = finite(run.train.map(record => ({ x: record.step, y: record.loss })))
    if (train.length > 0) {
      const colour = alone ? 'var(--train)' : run.colour
      const smoothed = smooth(train, reachOf(train))
      const last = smoothed.at(-1)!.y
      if (alone && train.length > 2)
        curves.push({ name: 'train, logged', points: train, colour, style: 'raw' })
      const written = write === perplexity ? perplexity(Math.exp(last)) : write(last)
      const base = { name: `${name}train`, points: smoothed, colour }
      curves.push(alone ? { ...base, style: 'line', label: `${written} train` } : { ...base, style: 'thin' })
    }
    for (const [split, records] of bySplit(run.evaluations)) {
      const points = finite(records.map(record => ({ x: record.step, y: score(record) })))
      if (points.length === 0) continue
      const colour = !alone ? run.colour : split === 'test' ? 'var(--test)' : 'var(--held-out)'
      const label = `${write(points.at(-1)!.y)} ${name}${split}`
      curves.push({ name: `${name}${split}`, points, colour, style: 'marked', label })
    }
  }
  return curves
}

function exponential(curve: Curve): Curve {
  return { ...curve, points: curve.points.map(point => ({ x: point.x, y: Math.exp(point.y) })) }
}

function bySplit(evaluations: readonly EvaluateRecord[]): Map<string, EvaluateRecord[]> {
  const splits = new Map<string, EvaluateRecord[]>()
  for (const record of evaluations) {
    const name = splitName(record)
    splits.set(name, [...(splits.get(name) ?? []), record])
  }
  return splits
}

/** Evaluations with another state than the usual one (such as dynamic evaluation) are curves of their own. */
function splitName(record: EvaluateRecord): string {
  const special = record.state !== undefined && record.state !== 'static'
  return special ? `${record.split} (${record.state})` : record.split
}

function baselineLines(
  runs: readonly RunSummary[],
  score: (record: RunSummary['baselines'][number]) => number,
  write: (value: number) => string,
): ReferenceLine[] {
  const lines = new Map<string, ReferenceLine>()
  for (const run of runs) {
    const splits = new Set(run.baselines.map(record => record.split))
    for (const record of run.baselines) {
      const y = score(record)
      if (!Number.isFinite(y) || y <= 0) continue
      const on = splits.size > 1 || run.evaluations.length === 0 ? ` ${record.split}` : ''
      const label = `${write(y)} ${shorten(record.name, 22 - on.length)}${on}`
      lines.set(label, { label, y, colour: 'var(--baseline)' })
    }
  }
  return [...lines.values()]
}

/** First and last steps of each epoch that training lines name. */
export function epochSpans(train: readonly TrainRecord[]): EpochSpan[] {
  const spans: { number: number; from: number; to: number }[] = []
  for (const record of train) {
    const number = passOf(record.epoch)
    if (!Number.isFinite(number)) continue
    const last = spans.at(-1)
    if (last !== undefined) last.to = record.step
    if (last === undefined || last.number < number) spans.push({ number, from: record.step, to: record.step })
  }
  return spans
}

/** Values that decide an axis: of raw curves the middle 99 %, so that one spike does not flatten the rest. */
function shownValues(curve: Curve): number[] {
  const values = curve.points.map(point => point.y)
  if (curve.style !== 'raw' || values.length < 200) return values
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.slice(Math.floor(sorted.length * 0.005), Math.ceil(sorted.length * 0.995))
}

/** Log where the values span more than a factor of 12, else linear; from zero where that is honest and cheap. */
function rangeAxis(values: readonly number[], zero: boolean): Axis {
  const positive = values.filter(value => value > 0)
  const low = positive.reduce((a, b) => Math.min(a, b), Infinity)
  const high = positive.reduce((a, b) => Math.max(a, b), 0)
  if (positive.length > 0 && high / low > 12 && positive.length > values.length * 0.9)
    return logAxis(positive)
  return linearAxis(values, { count: 4, zero: zero || low > 0 })
}

const aboveZero = (points: readonly Point[]): Point[] => points.filter(point => point.y > 0)

/** Half the width of the moving mean: two per cent of the curve in all. */
const reachOf = (points: readonly Point[]): number =>
  Math.max(points.length < 20 ? 0 : 2, Math.round(points.length / 100))

const unitsOf = (runs: readonly RunSummary[]): string => [...new Set(runs.map(run => run.unit))].join(' or ')

function curveKey(runs: readonly RunSummary[]): string {
  const lines = runs.some(run => run.baselines.length > 0) ? ' Dashed: baseline models.' : ''
  if (runs.length > 1) {
    return `Thin: training, moving mean. Thick with dots: held-out evaluations. Diamonds: single evaluations.${lines}`
  }
  const reach = reachOf(runs[0]!.train.map(record => ({ x: record.step, y: record.loss })))
  const mean =
    reach === 0 ? '' : ` Training loss of logged steps faint, its mean over ${2 * reach + 1} of them strong.`
  return `${mean} Dots and diamonds: evaluations.${lines}`.trim()
}

function describe(curves: readonly Curve[], references: readonly ReferenceLine[], quantity: string): string {
  const parts = curves
    .filter(curve => curve.style !== 'raw' && curve.points.length > 0)
    .map(({ name, points }) => {
      const last = points.at(-1)!
      const end = `${short(last.y)} at step ${count(last.x)}`
      return points.length === 1 ? `${name}: ${end}` : `${name}: from ${short(points[0]!.y)} to ${end}`
    })
  return [`Curves of ${quantity}.`, ...parts, ...references.map(line => `baseline ${line.label}`)].join(' ; ')
}

function evenly<Item>(items: readonly Item[], limit: number): Item[] {
  if (items.length <= limit) return [...items]
  return Array.from(
    { length: limit },
    (_, index) => items[Math.round((index * (items.length - 1)) / (limit - 1))]!,
  )
}
