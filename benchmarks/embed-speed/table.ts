/** The figures as Markdown: all contenders, then the comparisons with what was predicted. */
import type { Contender, Unit } from './contenders.ts'
import { type GateResult, median, type Rates } from './gates.ts'

/** Name under which a contender's rates are kept. */
export const keyOf = ({ name, threads }: Pick<Contender, 'name' | 'threads'>) => `${name}/${threads}`

const TEXT: { readonly [unit in Unit]: (rate: number) => string } = {
  'words/s': rate => `${thousands(rate)} k words/s`,
  'records/s': rate => `${(rate / 1e6).toFixed(2)} M records/s`,
  'queries/s': rate => `${(1000 / rate).toFixed(2)} ms/query`,
  'corpora/s': rate => `${(1 / rate).toFixed(1)} s`,
}

const thousands = (rate: number) => (rate < 1e4 ? (rate / 1e3).toFixed(1) : (rate / 1e3).toFixed(0))

/** All that were timed. */
export function contenderTable(
  contenders: readonly Contender[],
  rates: Rates,
  versions: ReadonlyMap<string, string>,
): string {
  const rows = contenders.flatMap(contender => {
    const list = rates.get(keyOf(contender))
    if (list === undefined || list.length === 0) return []
    const text = TEXT[contender.unit]
    const cells = [median(list), Math.max(...list), Math.min(...list)].map(text)
    return [
      `| ${contender.name} | ${contender.threads} | ${cells.join(' | ')} | ${versions.get(contender.name)} |`,
    ]
  })
  return [
    '| who | threads | median | fastest | slowest | version |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

/** The comparisons. */
export function gateTable(results: readonly GateResult[], contenders: readonly Contender[]): string {
  const units = new Map(contenders.map(contender => [keyOf(contender), contender.unit]))
  const rows = results.map(({ gate, median: middle, worst, met }) => {
    const { ours, over, recorded } = gate
    const unit = units.get(ours)
    const isRate = over === undefined && recorded === undefined
    const text = isRate && unit !== undefined ? TEXT[unit] : (ratio: number) => `${ratio.toFixed(2)} ×`
    const what = isRate
      ? ours
      : `${ours} over ${over ?? `${recorded!.who} (${recorded!.rate / 1e6} M/s, recorded)`}`
    if (middle === undefined)
      return `| ${what} | ${text(gate.predicted)} | ${text(gate.least)} | not run | | |`
    const cells = [gate.predicted, gate.least, middle, worst!].map(text)
    return `| ${what} | ${cells.join(' | ')} | ${met ? 'pass' : '**miss**'} |`
  })
  return [
    '| comparison | predicted | at least | measured (median) | worst round | |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
