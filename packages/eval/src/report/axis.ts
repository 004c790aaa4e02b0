/** Axes with round ticks: domains and ticks are fixed here, so that labels can be placed beside the lines in pixels. */
import { short } from './number-text.ts'

/** An axis of a figure: what it shows and where its ticks are. */
export interface Axis {
  readonly type: 'linear' | 'log'
  readonly domain: readonly [number, number]
  readonly ticks: readonly number[]
}

/** A linear axis that covers the values, its ends rounded to ticks when `round`. */
export function linearAxis(values: readonly number[], { count = 5, round = true, zero = false } = {}): Axis {
  let [low, high] = extent(values)
  if (zero) low = Math.min(0, low)
  if (low === high)
    [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1]
  const step = roundStep((high - low) / count)
  const domain: [number, number] = round
    ? [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step]
    : [low, high]
  return { type: 'linear', domain, ticks: multiples(step, domain) }
}

/** A logarithmic axis over the positive values: ticks at powers of ten, at 1-2-5, or evenly, as the range asks. */
export function logAxis(values: readonly number[]): Axis {
  let [low, high] = extent(values.filter(value => value > 0))
  if (low <= 0) [low, high] = [0.1, 1]
  const margin = Math.max(Math.log(high / low) * 0.04, 0.02)
  const domain: [number, number] = [low * Math.exp(-margin), high * Math.exp(margin)]
  const decades = Math.log10(domain[1] / domain[0])
  if (decades < 0.7)
    return { type: 'log', domain, ticks: multiples(roundStep((domain[1] - domain[0]) / 4), domain) }
  const stride = Math.max(1, Math.ceil(decades / 7))
  const digits = decades > 3 ? [1] : decades > 1.7 ? [1, 3] : decades > 1.1 ? [1, 2, 5] : [1, 2, 3, 5, 7]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(domain[0])); power <= Math.log10(domain[1]); power++) {
    if (power % stride !== 0) continue
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`))
  }
  return { type: 'log', domain, ticks: ticks.filter(tick => tick >= domain[0] && tick <= domain[1]) }
}

/** Where a value lies on an axis: 0 at the start of the domain, 1 at its end. */
export function positionOn(axis: Axis, value: number): number {
  const [low, high] = axis.domain
  return axis.type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
}

/** A Vega expression that writes each tick as this report writes numbers. */
export function tickLabels(axis: Axis): string {
  const largest = Math.max(...axis.ticks.map(Math.abs))
  const thousands = axis.type === 'linear' && largest >= 2e4 && largest < 1e6
  const write = (tick: number) => (thousands && tick !== 0 ? `${short(tick / 1e3)}k` : tickText(tick))
  const labels = Object.fromEntries(axis.ticks.map(tick => [String(tick), write(tick)]))
  return `${JSON.stringify(labels)}[datum.value]`
}

function tickText(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${short(value / 1e6)}M`
  return size >= 1e4 ? `${short(value / 1e3)}k` : short(value)
}

function extent(values: readonly number[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low <= high ? [low, high] : [0, 1]
}

/** The nearest of 1, 2, 5 times a power of ten. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const digit = rough / power
  return (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * power
}

function multiples(step: number, [low, high]: readonly [number, number]): number[] {
  const ticks: number[] = []
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)))
  }
  return ticks
}
