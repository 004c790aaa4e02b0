/** What an hour of two cores gives: at most ten million parameters, as many epochs as fit. */
import { oneHourPtb } from '../../recipes/one-hour.ts'
import type { Row } from '../row.ts'

/** A small AWD-LSTM whose rate follows the time there is. */
export const oneHourRows: readonly Row[] = [
  {
    ...{
      name: 'one-hour',
      family: 'one-hour',
      title: 'LSTM 704-400, embedding 400, tied, one cycle of Adam',
    },
    ...{ published: [], adaptive: false },
    work: {
      kind: 'experiment',
      experiment: oneHourPtb,
      reduction: {
        ...{ minimumEpochs: 4, multipleOf: 8 },
        widths: ['model.embedding', 'model.cells.*.hidden'],
      },
    },
    notes: ['made for `--budget 1h`: the schedule spans the epochs that fit'],
  },
]
