/** Baselines that know how many symbols were read and nothing else. */
import type { Encoding } from '../languages/encoding.ts'
import type { Baseline } from './baseline.ts'
import { prefixSight, type Sight, tableBaseline } from './table.ts'

const lengthSight = (encoding: Encoding, modulus = Infinity): Sight =>
  prefixSight(encoding, () => ({
    key: 0,
    read() {
      this.key = (this.key + 1) % modulus
    },
  }))

/** A table of lengths; lengths that training did not have are answered by their parity. */
export const lengthTable: Baseline = tableBaseline({
  id: 'length',
  title: 'length only; by parity where the length is new',
  sights: encoding => [lengthSight(encoding), lengthSight(encoding, 2)],
})

/** Whether the length is even or odd. */
export const lengthParity: Baseline = tableBaseline({
  id: 'length-parity',
  title: 'parity of the length only',
  sights: encoding => [lengthSight(encoding, 2)],
})
