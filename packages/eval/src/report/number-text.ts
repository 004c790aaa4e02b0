/** How numbers read in a report: enough digits to compare, never more. */

const grouped = (digits: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

const WHOLE = grouped(0)
const TWO = grouped(2)
const THREE = grouped(3)
const FOUR = grouped(4)
const SIGNIFICANT = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })

/** Shown where there is no number. */
export const NONE = '–'

/** A whole number with grouped digits: `929,589`. */
export const count = (value: number): string => (Number.isFinite(value) ? WHOLE.format(value) : NONE)

/** A perplexity: `114.52`, `3.412` below ten, `10,032` above a thousand. */
export function perplexity(value: number): string {
  if (!Number.isFinite(value)) return NONE
  if (value < 10) return THREE.format(value)
  return value < 1000 ? TWO.format(value) : WHOLE.format(value)
}

/** A loss in nats or bits: `4.7408`. */
export const loss = (value: number): string => (Number.isFinite(value) ? FOUR.format(value) : NONE)

/** Three significant digits; very small and very large as `1.2e-6`. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return NONE
  const size = Math.abs(value)
  if (value !== 0 && (size < 1e-3 || size >= 1e7))
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
  return size >= 1000 ? WHOLE.format(value) : SIGNIFICANT.format(value)
}

/** A fraction as per cent: `4.9 %`. */
export function percent(fraction: number): string {
  return Number.isFinite(fraction) ? `${SIGNIFICANT.format(fraction * 100)} %` : NONE
}

/** A duration in seconds: `0.42 s`, `38 s`, `12 min 3 s`, `5 h 20 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE
  if (seconds < 10) return `${SIGNIFICANT.format(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${WHOLE.format(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** A size in bytes: `1.12 MB` (decimal units). */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return NONE
  if (value < 1000) return `${value} B`
  const power = Math.min(4, Math.floor(Math.log10(value) / 3))
  return `${SIGNIFICANT.format(value / 1000 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}
