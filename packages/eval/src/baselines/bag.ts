/** The baseline that knows how often each symbol occurs, up to three, and not in which order. */
import type { Encoding } from '../languages/encoding.ts'
import type { Baseline } from './baseline.ts'
import { prefixSight, type Sight, tableBaseline } from './table.ts'

/** The bag of the symbols in a list, each count up to `cap`; other symbols are not looked at. */
export function bagSight(encoding: Encoding, symbols: readonly number[], cap: number): Sight {
  const bags = new Map<string, number>([['', 0]])
  const place = new Int32Array(encoding.language.alphabet.length).fill(-1)
  symbols.forEach((symbol, index) => {
    place[symbol] = index
  })
  return prefixSight(encoding, () => {
    const counts = new Uint8Array(symbols.length)
    return {
      key: 0,
      read(symbol) {
        const index = place[symbol]!
        if (index < 0 || counts[index] === cap) return
        counts[index]!++
        const bag = counts.join(' ')
        const known = bags.get(bag)
        if (known === undefined) bags.set(bag, bags.size)
        this.key = known ?? bags.size - 1
      },
    }
  })
}

/** Counts of all symbols, each up to 3. */
export const bagOfSymbols: Baseline = tableBaseline({
  id: 'bag',
  title: 'how often each symbol occurs, up to 3',
  sights: encoding => [bagSight(encoding, [...encoding.language.alphabet.keys()], 3)],
})
