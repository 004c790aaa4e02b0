/** Baselines for functions on words that know the place in the output and nothing of the input but its length. */
import type { Encoding } from '../languages/encoding.ts'
import { firstAsked } from './answers.ts'
import type { Baseline } from './baseline.ts'
import { tableBaseline } from './table.ts'

/** The place that a table looks at, of output `index` out of `count`. */
type Place = (index: number, count: number, encoding: Encoding) => number

function positionBaseline(id: string, title: string, place: Place): Baseline {
  return tableBaseline({
    id,
    title,
    suits: ({ view }) => view === 'transduce',
    sights: encoding => [
      inputs => {
        const first = firstAsked(encoding, inputs)
        const count = inputs.length - first
        return Float64Array.from(inputs, (_, step) => place(step - first, count, encoding))
      },
    ],
  })
}

/** Place counted from the output's start. */
export const positionFromStart: Baseline = positionBaseline(
  'position-start',
  'place in the output from its start',
  index => index,
)

/** Place counted from the output's end. */
export const positionFromEnd: Baseline = positionBaseline(
  'position-end',
  'place in the output from its end',
  (index, count) => count - 1 - index,
)

/** Relative place ⌊k·i/l⌋ with k output symbols: right for 90 % of a sorted word of five symbols. */
export const positionRelative: Baseline = positionBaseline(
  'position-relative',
  'relative place in the output',
  (index, count, { outputs }) => Math.floor((outputs * index) / count),
)
