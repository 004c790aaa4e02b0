/** Figures as tables print them. */
import type { Spread } from './collect.ts'
import type { Published, Row } from './row.ts'
import { sources } from './sources.ts'

/** `141.19`, or `79.70 ± 0.31` over seeds. */
export function spreadText({ mean, deviation, values }: Spread): string {
  return values.length > 1 ? `${mean.toFixed(2)} ± ${deviation.toFixed(2)}` : mean.toFixed(2)
}

/** `82.2 / 78.4 (Zaremba et al. 2014)`, with what has to be known of where it is from. */
export function publishedText(published: Published): string {
  const { valid, test, source, evidence, note } = published
  const figures = [valid, test].map(value => (value === undefined ? '-' : figure(value))).join(' / ')
  const remarks = [
    sources[source].short,
    ...(evidence === 'memory' ? ['from memory'] : []),
    ...(evidence === 'quoted' && note?.startsWith('quoted in') !== true ? ['as quoted by others'] : []),
    ...(note === undefined ? [] : [note]),
  ]
  return `${figures} (${remarks.join('; ')})`
}

/** As the source has it, with one digit at least. */
function figure(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

/** All published figures of a row. */
export function allPublished({ published }: Row): string {
  return published.length === 0 ? 'none known' : published.map(publishedText).join('; ')
}

/** `4.65 M`, `2,000`. */
export function countText(count: number | undefined): string {
  if (count === undefined) return '-'
  if (count < 100_000) return count.toLocaleString('en-US')
  return `${(count / 1e6).toFixed(count < 10e6 ? 2 : 1)} M`
}

/** `42 s`, `3 min`, `2.1 h`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(1)} h`
}
