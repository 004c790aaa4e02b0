import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** Pickles that do harm elsewhere, and files cut short or changed. */
export const pickleSafety: Check = {
  name: 'pickle-safety',
  claim:
    'a pickle that asks for anything but tensors, dictionaries, lists, tuples, strings and numbers is refused by name and place; files cut at any byte or changed give a named error; lengths that the file does not hold take no memory',
  tolerance: 'no exception',
  duration: '20 s',
  async run({ note }) {
    const counts = await runTests(['packages/pretrain/src/pickle'], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 25 }
  },
}
