/** Rates of right strings by length: one small panel a task and view, all learners in it. */
import { escapeText, type Html, html, trusted } from '../../report/html.ts'
import { bestBaselineSizes, share, sizesOf } from '../scores.ts'
import { type RecordGroup, sortKinds } from './groups.ts'

const WIDTH = 260
const HEIGHT = 156
const LEFT = 30
const RIGHT = 10
const TOP = 10
const BOTTOM = 26

interface Point {
  readonly x: number
  readonly y: number
}

interface Line {
  readonly label: string
  readonly colour: string
  readonly style: 'soft' | 'hard' | 'baseline'
  readonly points: readonly Point[]
}

/** A panel for each task and view in an order of languages, with one legend for all. */
export function lengthCurves(groups: readonly RecordGroup[], order: readonly string[]): Html {
  const kinds = sortKinds(groups.map(({ kind }) => kind))
  const colours = new Map(kinds.map((kind, index) => [kind, colourOf(index)]))
  const panels = new Map<string, RecordGroup[]>()
  const sorted = groups.toSorted((a, b) => order.indexOf(a.language) - order.indexOf(b.language))
  for (const group of sorted) {
    const key = `${group.language}, ${group.view}`
    panels.set(key, [...(panels.get(key) ?? []), group])
  }
  const legend = kinds.map(kind => html`<span><i style="background:${colours.get(kind)!}"></i>${kind}</span>`)
  const figures = [...panels].map(([name, own]) => panel(name, own, colours))
  return html`<div class="legend">${legend}<span>solid: soft · dotted: hard · dashed grey: best baseline</span></div>
<div class="panels">${figures}</div>`
}

/** Twelve colours of the sheet, then round again. */
function colourOf(index: number): string {
  return `var(--series-${(index % 12) + 1})`
}

function panel(name: string, groups: readonly RecordGroup[], colours: ReadonlyMap<string, string>): Html {
  const lines = groups.flatMap(group => linesOf(group, colours.get(group.kind)!))
  const [language, view] = name.split(', ')
  const size = groups[0]!.records[0]!.training.trainSize
  return html`<figure><figcaption>${language} <small>${view}, N = ${size}</small></figcaption>${draw([...lines, baselineLine(groups)], `exact strings by length: ${name}`)}</figure>`
}

/** Right strings over all seeds at each multiple. */
function linesOf(group: RecordGroup, colour: string): Line[] {
  const modes = group.records.some(({ hard }) => hard !== undefined)
    ? (['soft', 'hard'] as const)
    : (['soft'] as const)
  return modes.map(mode => ({
    ...{ label: `${group.learner}${mode === 'hard' ? ', hard' : ''}`, colour, style: mode },
    points: meanPoints(group.records.map(record => ({ record, sizes: sizesOf(record, mode) }))),
  }))
}

function baselineLine(groups: readonly RecordGroup[]): Line {
  const records = groups.flatMap(group => group.records)
  const best = records.toSorted((a, b) => rateOf(bestBaselineSizes(b)) - rateOf(bestBaselineSizes(a)))[0]!
  return {
    ...{ label: `baseline ${best.bestBaseline}`, colour: 'var(--baseline)', style: 'baseline' },
    points: meanPoints([{ record: best, sizes: bestBaselineSizes(best) }]),
  }
}

type Sizes = ReturnType<typeof sizesOf>

function rateOf(sizes: Sizes): number {
  return sizes.reduce((sum, { strings }) => sum + share(strings), 0)
}

function meanPoints(
  all: readonly { readonly record: RecordGroup['records'][number]; readonly sizes: Sizes }[],
): Point[] {
  const sums = new Map<number, { right: number; total: number }>()
  for (const { record, sizes } of all) {
    for (const { size, strings } of sizes) {
      const x = size / record.training.trainSize
      const sum = sums.get(x) ?? { right: 0, total: 0 }
      sums.set(x, { right: sum.right + strings.right, total: sum.total + strings.total })
    }
  }
  return [...sums].map(([x, counts]) => ({ x, y: share(counts) })).toSorted((a, b) => a.x - b.x)
}

function draw(lines: readonly Line[], title: string): Html {
  const highest = Math.max(2, ...lines.flatMap(({ points }) => points.map(({ x }) => x)))
  const lowest = Math.min(0.92, ...lines.flatMap(({ points }) => points.map(({ x }) => x)))
  const low = Math.log2(lowest * 0.93)
  const x = (value: number) =>
    LEFT + ((Math.log2(value) - low) / (Math.log2(highest) - low)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM)
  const ticks = [1, 2, 4, 8, 16, 32].filter(tick => tick <= highest)
  const parts: string[] = []
  for (const tick of [0, 0.5, 1]) {
    parts.push(
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}" stroke="var(--grid)"/>`,
      `<text x="${LEFT - 5}" y="${y(tick) + 3.5}" text-anchor="end">${tick === 0.5 ? '.5' : tick}</text>`,
    )
  }
  for (const tick of ticks) {
    parts.push(`<text x="${round(x(tick))}" y="${HEIGHT - 6}" text-anchor="middle">${tick}N</text>`)
  }
  parts.push(
    `<line x1="${round(x(1))}" x2="${round(x(1))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="var(--rule)"/>`,
  )
  for (const [index, { label, colour, style, points }] of lines.entries()) {
    if (points.length === 0) continue
    // Lines that are all right or all wrong would hide each other: each is moved by a hair.
    const apart =
      style === 'baseline' ? 0 : (index - (lines.length - 2) / 2) * Math.min(1.6, 9 / lines.length)
    const at = (value: number) => round(y(value) + apart)
    const path = points.map(point => `${round(x(point.x))},${at(point.y)}`).join(' ')
    const dash = {
      soft: '',
      hard: ' stroke-dasharray="1.5 3.5" stroke-linecap="round"',
      baseline: ' stroke-dasharray="5 4"',
    }[style]
    const width = { soft: 1.8, hard: 2.6, baseline: 1.4 }[style]
    const dots = points
      .map(
        point =>
          `<circle cx="${round(x(point.x))}" cy="${at(point.y)}" r="2.4" fill="${colour}"><title>${escapeText(label)}: ${(100 * point.y).toFixed(1)} % at ${round(point.x)}N</title></circle>`,
      )
      .join('')
    parts.push(
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${width}"${dash}><title>${escapeText(label)}</title></polyline>${style === 'baseline' ? '' : dots}`,
    )
  }
  return trusted(
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}" font-size="10.5" fill="var(--muted)">${parts.join('')}</svg>`,
  )
}

function round(value: number): number {
  return Number(value.toFixed(2))
}
