/** An n-gram model of answers. */
import type { Encoding } from '../languages/encoding.ts'
import type { Baseline } from './baseline.ts'
import { type Sight, tableBaseline } from './table.ts'

const contextSight =
  ({ inputs: symbols }: Encoding, order: number): Sight =>
  inputs => {
    const modulus = (symbols + 1) ** order
    let context = 0
    return Float64Array.from(inputs, symbol => {
      context = (context * (symbols + 1) + symbol + 1) % modulus
      return context
    })
  }

/**
 * The most frequent answer after the last `order` inputs (begin, delimiters and blanks are inputs too), after fewer
 * where those were never seen, and the most frequent of all in the end. Exact while (inputs + 1)^order is below 2⁵³.
 */
export const nGram = (order: number): Baseline =>
  tableBaseline({
    id: `n-gram-${order}`,
    title: `last ${order} inputs, backing off to fewer`,
    sights: encoding => Array.from({ length: order }, (_, i) => contextSight(encoding, order - i)),
  })
