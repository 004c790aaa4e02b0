/** Where the time went: one stacked bar a run. */
import type { TopLevelSpec } from 'vega-lite'
import { linearAxis, tickLabels } from './axis.ts'
import type { Html } from './html.ts'
import { shorten } from './labels.ts'
import type { MetricRecord } from './metrics.ts'
import { percent } from './number-text.ts'
import { totalOf } from './series.ts'
import { type DrawingText, drawSvg } from './svg.ts'

/** Seconds of one part of the training loop. */
export interface TimePart {
  readonly name: string
  readonly seconds: number
  /** CSS colour, the same for the same part in every run. */
  readonly colour: string
}

const KNOWN = ['step', 'evaluate', 'data', 'checkpoint', 'log']

/** Time spent in each part over all sessions of a run; the training step first, parts nobody spent time in left out. */
export function timeParts(metrics: readonly MetricRecord[]): TimePart[] {
  const counters = new Map<string, number[]>()
  for (const record of metrics) {
    if (record.kind !== 'time') continue
    for (const [name, seconds] of Object.entries(record.parts)) {
      counters.set(name, [...(counters.get(name) ?? []), seconds])
    }
  }
  const others = [...counters.keys()].filter(name => !KNOWN.includes(name)).sort()
  return [...KNOWN, ...others]
    .map((name, index) => ({
      name,
      seconds: totalOf(counters.get(name) ?? []),
      colour: `var(--part-${(index % 6) + 1})`,
    }))
    .filter(part => part.seconds > 0)
}

/** Draws one bar for each run; shares are written into segments wide enough for them. */
export function drawTimeBars(
  runs: readonly { readonly label: string; readonly parts: readonly TimePart[] }[],
  text: DrawingText,
): Promise<Html> {
  const left = runs.length > 1 ? 200 : 8
  const width = 1000 - left - 30
  const totals = runs.map(run => run.parts.reduce((sum, part) => sum + part.seconds, 0))
  const longest = Math.max(...totals)
  const [unit, name] = longest >= 7200 ? [3600, 'hours'] : longest >= 180 ? [60, 'minutes'] : [1, 'seconds']
  const axis = linearAxis([longest / unit], { zero: true, round: false, count: 8 })
  const values = runs.flatMap((run, row) => {
    let from = 0
    return run.parts.map(part => {
      const to = from + part.seconds / unit
      const share = part.seconds / totals[row]!
      const label = `${part.name} ${percent(share)}`
      const room = ((to - from) / axis.domain[1]) * width
      const value = {
        row,
        from,
        to,
        middle: (from + to) / 2,
        colour: part.colour,
        text: room > label.length * 7 ? label : '',
      }
      from = to
      return value
    })
  })
  const y = {
    field: 'row',
    type: 'ordinal',
    axis: null,
    scale: { domain: runs.map((_, row) => row), paddingInner: 0.25, paddingOuter: 0.1 },
  }
  const x = {
    type: 'quantitative',
    scale: { domain: axis.domain, nice: false },
    axis: { title: `Time (${name})`, values: axis.ticks, labelExpr: tickLabels(axis), grid: false },
  }
  const spec = {
    width,
    height: runs.length * 40,
    autosize: { type: 'none' },
    padding: { left, right: 30, top: 6, bottom: 42 },
    layer: [
      {
        data: { values },
        mark: { type: 'bar', stroke: 'var(--paper)', strokeWidth: 1 },
        encoding: {
          x: { field: 'from', ...x },
          x2: { field: 'to' },
          y,
          color: { field: 'colour', type: 'nominal', scale: null, legend: null },
        },
      },
      {
        data: { values: values.filter(value => value.text !== '') },
        mark: { type: 'text', fontSize: 12, fontWeight: 600, color: 'var(--on-part)', baseline: 'middle' },
        encoding: { x: { field: 'middle', ...x }, y, text: { field: 'text' } },
      },
      ...(runs.length === 1
        ? []
        : [
            {
              data: { values: runs.map((run, row) => ({ row, text: shorten(run.label, 30, 'middle') })) },
              mark: { type: 'text', align: 'right', fontSize: 12, color: 'var(--ink)', baseline: 'middle' },
              encoding: { x: { value: -8 }, y, text: { field: 'text' } },
            },
          ]),
    ],
  }
  return drawSvg(spec as unknown as TopLevelSpec, text)
}
