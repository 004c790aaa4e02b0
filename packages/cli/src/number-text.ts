// Numbers as progress lines and summaries show them.

/** Four significant digits, without an exponent where that reads well. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return size >= 1e6 || (size > 0 && size < 1e-4)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)))
}

/** `950`, `12.3k`, `1.20M`. */
export function compact(value: number): string {
  if (!(value >= 1000)) return String(Math.round(value))
  return value < 1e6 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(2)}M`
}

/** Seconds as `42s`, `3m05s`, `2h07m`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`
}
