/** Gradient norms of each parameter over the run: one row a parameter, so that vanishing and exploding layers stand out. */
import type { TopLevelSpec } from 'vega-lite'
import { linearAxis, tickLabels } from './axis.ts'
import type { Html } from './html.ts'
import { shorten } from './labels.ts'
import type { TrainRecord } from './metrics.ts'
import { short } from './number-text.ts'
import { median } from './series.ts'
import { type DrawingText, drawSvg } from './svg.ts'

/** Gradient norm over steps of one parameter path. */
export interface PathNorms {
  readonly path: string
  readonly steps: readonly number[]
  readonly norms: readonly number[]
}

/** The norms that training lines carry, by parameter path, in the order of appearance. */
export function normsByPath(records: readonly TrainRecord[]): PathNorms[] {
  const paths = new Map<string, { path: string; steps: number[]; norms: number[] }>()
  for (const record of records) {
    for (const [path, norm] of Object.entries(record.gradientNorms ?? {})) {
      let entry = paths.get(path)
      if (entry === undefined) {
        entry = { path, steps: [], norms: [] }
        paths.set(path, entry)
      }
      entry.steps.push(record.step)
      entry.norms.push(norm)
    }
  }
  return [...paths.values()]
}

const COLUMNS = 64
const ROW = 19
const LEFT = 200
const RIGHT = 62

/** Draws the norms as a heat map on a log colour scale, the median of each row beside it. Undefined if no norm is positive. */
export async function drawHeatMap(rows: readonly PathNorms[], text: DrawingText): Promise<Html | undefined> {
  const width = 1000 - LEFT - RIGHT
  const steps = rows.flatMap(row => [row.steps[0]!, row.steps.at(-1)!])
  const xAxis = linearAxis(steps, { round: false, zero: true, count: 8 })
  const last = xAxis.domain[1]
  const values = rows.flatMap((row, index) => cells(row, index, last))
  if (values.length === 0) return undefined
  const height = rows.length * ROW
  const y = {
    field: 'row',
    type: 'ordinal',
    axis: null,
    scale: { domain: rows.map((_, index) => index), padding: 0.06 },
  }
  const beside = (x: number, align: string, field: string) => ({
    data: {
      values: rows.map((row, index) => ({
        row: index,
        path: shorten(row.path, 32, 'middle'),
        median: short(median(row.norms)),
      })),
    },
    mark: { type: 'text', align, fontSize: 11.5, color: 'var(--ink)', baseline: 'middle' },
    encoding: { y, x: { value: x }, text: { field } },
  })
  const spec = {
    width,
    height,
    autosize: { type: 'none' },
    padding: { left: LEFT, right: RIGHT, top: 46, bottom: 42 },
    layer: [
      {
        data: { values },
        mark: { type: 'rect' },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            scale: { domain: xAxis.domain, nice: false, zero: false },
            axis: { title: 'Training step', values: xAxis.ticks, labelExpr: tickLabels(xAxis), grid: false },
          },
          x2: { field: 'to' },
          y,
          color: {
            field: 'norm',
            type: 'quantitative',
            scale: { type: 'log', scheme: 'viridis', nice: false },
            legend: {
              orient: 'none',
              legendX: 0,
              legendY: -40,
              direction: 'horizontal',
              title: null,
              gradientLength: 220,
              gradientThickness: 9,
              labelFontSize: 11,
              labelColor: 'var(--muted)',
              format: '~g',
              tickCount: 4,
            },
          },
        },
      },
      beside(-8, 'right', 'path'),
      beside(width + 8, 'left', 'median'),
      {
        data: { values: [{ text: 'median' }] },
        mark: { type: 'text', align: 'left', fontSize: 11, color: 'var(--muted)', baseline: 'alphabetic' },
        encoding: { x: { value: width + 8 }, y: { value: -6 }, text: { field: 'text' } },
      },
    ],
  }
  return drawSvg(spec as unknown as TopLevelSpec, text)
}

/** Geometric means over equal spans of steps; spans without a positive norm stay empty. */
function cells(
  row: PathNorms,
  index: number,
  last: number,
): { row: number; from: number; to: number; norm: number }[] {
  const columns = Math.min(COLUMNS, row.steps.length)
  const sums = new Float64Array(columns)
  const counts = new Uint32Array(columns)
  row.norms.forEach((norm, at) => {
    if (!(norm > 0 && Number.isFinite(norm))) return
    const column = Math.min(columns - 1, Math.floor((row.steps[at]! / last) * columns))
    sums[column]! += Math.log(norm)
    counts[column]!++
  })
  return Array.from(sums, (sum, column) => ({
    row: index,
    from: (column * last) / columns,
    to: ((column + 1) * last) / columns,
    norm: Math.exp(sum / counts[column]!),
  })).filter((_, column) => counts[column]! > 0)
}
