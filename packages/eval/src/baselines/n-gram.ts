/** An n-gram model of answers. */
import type { Encoding } from '../languages/encoding.ts'
import type { Baseline } from './baseline.ts'
import { type Sight, tableBaseline } from './table.ts'

/** The last `order` inputs: as digits of one number where those are exact, else numbered as they are met. */
function contextSight({ inputs: symbols }: Encoding, order: number): Sight {
  const base = symbols + 1
  if (base ** (order + 1) <= Number.MAX_SAFE_INTEGER)
    return inputs => {
      let context = 0
      return Float64Array.from(inputs, symbol => {
        context = (context * base + symbol + 1) % base ** order
        return context
      })
    }
  const numbers = new Map<string, number>()
  return inputs =>
    Float64Array.from(inputs, (_, step) => {
      const context = inputs.subarray(Math.max(0, step + 1 - order), step + 1).join(' ')
      const known = numbers.get(context)
      if (known === undefined) numbers.set(context, numbers.size)
      return known ?? numbers.size - 1
    })
}

/**
 * The most frequent answer after the last `order` inputs (begin, delimiters and blanks are inputs too), after fewer
 * where those were never seen, and the most frequent of all in the end.
 */
export const nGram = (order: number): Baseline =>
  tableBaseline({
    id: `n-gram-${order}`,
    title: `last ${order} inputs, backing off to fewer`,
    sights: encoding => Array.from({ length: order }, (_, i) => contextSight(encoding, order - i)),
  })
