/** Line charts over training steps: faint raw curves, strong smoothed ones, marked evaluations, dashed references. */
import type { TopLevelSpec } from 'vega-lite'
import { type Axis, linearAxis, positionOn, tickLabels } from './axis.ts'
import type { Html } from './html.ts'
import { shorten, spread } from './labels.ts'
import { type Point, thin } from './series.ts'
import { type DrawingText, drawSvg } from './svg.ts'

/** One curve. `colour` is a CSS colour of the page. */
export interface Curve {
  readonly name: string
  readonly points: readonly Point[]
  readonly colour: string
  /** raw: faint; thin and line: solid; steps: constant until the next point; marked: with a dot at each point. */
  readonly style: 'raw' | 'thin' | 'line' | 'steps' | 'marked'
  /** Text at the end of the curve; none if absent. */
  readonly label?: string
}

/** A horizontal dashed line, such as a baseline. */
export interface ReferenceLine {
  readonly label: string
  readonly y: number
  readonly colour: string
}

/** Everything a line chart shows. */
export interface LineChart extends DrawingText {
  readonly yTitle: string
  readonly yAxis: Axis
  readonly curves: readonly Curve[]
  readonly references?: readonly ReferenceLine[]
  /** Where epochs begin and end, written above the plot. */
  readonly epochs?: readonly EpochSpan[]
  readonly size: 'wide' | 'half'
}

/** Steps of one epoch. */
export interface EpochSpan {
  readonly number: number
  readonly from: number
  readonly to: number
}

const SIZES = {
  wide: { total: 1000, height: 300, left: 52, right: 256, top: 44, bottom: 42 },
  half: { total: 490, height: 170, left: 48, right: 118, top: 34, bottom: 40 },
}
const LABEL_GAP = 15
/** Generous for semibold sans at 12 pixels, so that no label runs out of the drawing. */
const CHARACTER_WIDTH = 7.4

/** Draws a line chart. Points must be finite, and positive on a log axis; long curves are thinned. */
export function drawLineChart(chart: LineChart): Promise<Html> {
  const size = SIZES[chart.size]
  const width = size.total - size.left - size.right
  const xs = chart.curves.flatMap(curve => [curve.points[0]!.x, curve.points.at(-1)!.x])
  const xAxis = linearAxis(xs, { round: false, zero: true, count: chart.size === 'wide' ? 8 : 4 })
  const x = channel('x', xAxis, 'Training step')
  const y = channel('y', chart.yAxis, null)
  const layers: object[] = []
  for (const curve of chart.curves) layers.push(...curveLayers(curve, x, y))
  const references = chart.references ?? []
  if (references.length > 0) {
    layers.push({
      data: { values: references },
      mark: { type: 'rule', strokeDash: [5, 4], strokeWidth: 1.4, clip: true },
      encoding: { y, color: asIs('colour') },
    })
  }
  layers.push(...labelLayers(chart, xAxis, width, size))
  layers.push(...epochLayers(chart.epochs ?? [], width, x))
  layers.push({
    data: { values: [{ text: chart.yTitle }] },
    mark: { type: 'text', align: 'left', baseline: 'alphabetic', fontSize: 12, color: 'var(--ink)' },
    encoding: { x: { value: -size.left + 4 }, y: { value: -size.top + 12 }, text: { field: 'text' } },
  })
  const spec = {
    width,
    height: size.height,
    autosize: { type: 'none' },
    padding: { left: size.left, right: size.right, top: size.top, bottom: size.bottom },
    layer: layers,
  }
  return drawSvg(spec as unknown as TopLevelSpec, chart)
}

function curveLayers(curve: Curve, x: object, y: object): object[] {
  const values = thin(curve.points)
  const stroke = curve.colour
  const line = {
    raw: { strokeWidth: 1, opacity: 0.28 },
    thin: { strokeWidth: 1.3, opacity: 0.75 },
    line: { strokeWidth: 2 },
    steps: { strokeWidth: 2, interpolate: 'step-after' },
    marked: { strokeWidth: 2 },
  }[curve.style]
  const layers: object[] = []
  if (values.length > 1) {
    const mark = { type: 'line', clip: true, strokeJoin: 'round', stroke, ...line }
    layers.push({ data: { values }, mark, encoding: { x, y } })
  }
  if (curve.style === 'marked' || values.length === 1) {
    const dense = values.length > 60
    const alone = values.length === 1
    const mark = {
      type: 'point',
      shape: alone ? 'diamond' : 'circle',
      size: alone ? 90 : dense ? 8 : 34,
      filled: true,
      fill: stroke,
      stroke: 'var(--paper)',
      strokeWidth: dense ? 0 : 1,
      opacity: 1,
    }
    layers.push({ data: { values }, mark, encoding: { x, y } })
  }
  return layers
}

function labelLayers(chart: LineChart, xAxis: Axis, width: number, size: (typeof SIZES)['wide']): object[] {
  const ends = [
    ...chart.curves.flatMap(({ label, points, colour }) =>
      label === undefined ? [] : [{ label, colour, x: points.at(-1)!.x, y: points.at(-1)!.y }],
    ),
    ...(chart.references ?? []).map(({ label, colour, y }) => ({ label, colour, x: xAxis.domain[1], y })),
  ]
  const wanted = ends.map(end => {
    const height = size.height * (1 - positionOn(chart.yAxis, end.y))
    return Math.min(size.height, Math.max(0, height))
  })
  const places = spread(wanted, LABEL_GAP, 0, size.height)
  const values = ends.map((end, index) => ({
    text: shorten(end.label, Math.floor((size.right - 18) / CHARACTER_WIDTH)),
    colour: end.colour,
    from: wanted[index]!,
    at: places[index]!,
    start: width * positionOn(xAxis, end.x) + 4,
  }))
  const pixels = { type: 'quantitative', scale: null }
  const moved = values.filter(value => Math.abs(value.from - value.at) > 2 || value.start < width)
  return [
    ...(moved.length === 0
      ? []
      : [
          {
            data: { values: moved.map(value => ({ ...value, end: width + 15 })) },
            mark: { type: 'rule', strokeWidth: 0.8, opacity: 0.6 },
            encoding: {
              x: { field: 'start', ...pixels },
              x2: { field: 'end' },
              y: { field: 'from', ...pixels },
              y2: { field: 'at' },
              color: asIs('colour'),
            },
          },
        ]),
    {
      data: { values },
      mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: 12, fontWeight: 600 },
      encoding: {
        x: { value: width + 18 },
        y: { field: 'at', ...pixels },
        text: { field: 'text' },
        color: asIs('colour'),
      },
    },
  ]
}

/** Epoch numbers above the plot and hair lines between epochs; numbers are left out where they would touch. */
function epochLayers(epochs: readonly EpochSpan[], width: number, x: object): object[] {
  if (epochs.length < 2) return []
  const every = Math.ceil(epochs.length / (width / 24))
  const shown = epochs.filter((_, index) => index % every === 0)
  const numbers = shown.map((epoch, index) => ({
    x: (epoch.from + epoch.to) / 2,
    text: index === 0 ? `epoch ${epoch.number}` : String(epoch.number),
  }))
  const room = (width / epochs.length) * every
  if (room < 60) numbers[0]!.text = String(epochs[0]!.number)
  const boundaries = epochs.slice(1).map(epoch => ({ x: epoch.from }))
  return [
    ...(every > 1
      ? []
      : [
          {
            data: { values: boundaries },
            mark: { type: 'rule', stroke: 'var(--rule)', strokeWidth: 0.8, strokeDash: [1, 3] },
            encoding: { x },
          },
        ]),
    {
      data: { values: numbers },
      mark: { type: 'text', fontSize: 10.5, color: 'var(--muted)', baseline: 'alphabetic' },
      encoding: { x, y: { value: -6 }, text: { field: 'text' } },
    },
    ...(room < 60
      ? [
          {
            data: { values: [{ text: 'epoch' }] },
            mark: {
              type: 'text',
              align: 'left',
              fontSize: 10.5,
              color: 'var(--muted)',
              baseline: 'alphabetic',
            },
            encoding: { x: { value: width + 6 }, y: { value: -6 }, text: { field: 'text' } },
          },
        ]
      : []),
  ]
}

function channel(field: 'x' | 'y', axis: Axis, title: string | null): object {
  return {
    field,
    type: 'quantitative',
    scale: {
      type: axis.type,
      domain: axis.domain,
      nice: false,
      ...(axis.type === 'linear' && { zero: false }),
    },
    axis: {
      title,
      values: axis.ticks,
      labelExpr: tickLabels(axis),
      labelFlush: false,
      ...(field === 'x' ? { grid: false } : { domain: false, ticks: false }),
    },
  }
}

/** A colour taken from the data as it stands. */
const asIs = (field: string) => ({ field, type: 'nominal', scale: null, legend: null })
