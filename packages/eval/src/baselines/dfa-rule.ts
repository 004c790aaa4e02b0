/** A finite-state shortcut that sees a little of everything: section 2.5 of the survey of public suites. */
import { bagSight } from './bag.ts'
import type { Baseline } from './baseline.ts'
import { edgeSight } from './edges.ts'
import { strictlyLocal } from './strictly-local.ts'
import { type Sight, tableBaseline } from './table.ts'

/**
 * The majority vote of training in a cell of (first symbol, last symbol, parity of the length, counts of the marker
 * symbols up to 2, verdict of SL₃). A word whose cell is new is answered by its verdict, and then by the majority.
 */
export const dfaRule = (markers: readonly number[]): Baseline =>
  tableBaseline({
    id: 'dfa-rule',
    title: 'edges, parity of the length, few markers and SL₃ together',
    suits: ({ view, outputs }) => view === 'recognise' && outputs === 2,
    sights(encoding, strings, seed) {
      const verdict = strictlyLocal(3).fit(encoding, strings, seed)
      const edges = edgeSight(encoding, 1, 1)
      const bags = bagSight(encoding, markers, 2)
      const cells = new Map<string, number>()
      const isIn: Sight = inputs => Float64Array.from(verdict.predict(inputs))
      const cell: Sight = inputs => {
        const [edge, count, accepted] = [edges(inputs), bags(inputs), isIn(inputs)]
        return Float64Array.from(inputs, (_, step) => {
          if (step < inputs.length - 1) return -1 // only the whole word is asked for
          const key = `${edge[step]} ${step % 2} ${count[step]} ${accepted[step]}`
          const known = cells.get(key)
          if (known === undefined) cells.set(key, cells.size)
          return known ?? cells.size - 1
        })
      }
      return [cell, isIn]
    },
  })
