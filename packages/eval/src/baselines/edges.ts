/** Baselines that see the first symbols, the last symbols, or both. */
import type { Encoding } from '../languages/encoding.ts'
import type { Baseline } from './baseline.ts'
import { prefixSight, type Sight, tableBaseline } from './table.ts'

/**
 * The first `first` and the last `last` symbols as digits of one number, 0 where there is none. Exact while
 * (symbols + 1)^(first + last) is below 2⁵³.
 */
export function edgeSight(encoding: Encoding, first: number, last: number): Sight {
  const base = encoding.language.alphabet.length + 1
  const lastModulus = base ** last
  return prefixSight(encoding, () => {
    let start = 0
    let end = 0
    let read = 0
    return {
      key: 0,
      read(symbol) {
        if (read++ < first) start = start * base + symbol + 1
        end = (end * base + symbol + 1) % lastModulus
        this.key = start * lastModulus + end
      },
    }
  })
}

const downFrom = (k: number): number[] => Array.from({ length: k }, (_, i) => k - i)

/** The first k symbols; fewer of them where those are new. */
export const firstSymbols = (k: number): Baseline =>
  tableBaseline({
    id: `first-${k}`,
    title: `first ${k} symbols`,
    sights: encoding => downFrom(k).map(n => edgeSight(encoding, n, 0)),
  })

/** The last k symbols; fewer of them where those are new. */
export const lastSymbols = (k: number): Baseline =>
  tableBaseline({
    id: `last-${k}`,
    title: `last ${k} symbols`,
    sights: encoding => downFrom(k).map(n => edgeSight(encoding, 0, n)),
  })

/** The first k and the last k symbols together; fewer of them where those are new. */
export const edgeSymbols = (k: number): Baseline =>
  tableBaseline({
    id: `edges-${k}`,
    title: `first ${k} and last ${k} symbols`,
    sights: encoding => downFrom(k).map(n => edgeSight(encoding, n, n)),
  })
