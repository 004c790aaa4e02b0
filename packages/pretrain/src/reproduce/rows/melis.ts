/** The LSTM of ten million parameters of Melis et al. (2018): the best one for its size. */
import { melis10m } from '../../recipes/melis.ts'
import type { Row } from '../row.ts'

/** One layer, ten million parameters. */
export const melisRows: readonly Row[] = [
  {
    ...{ name: 'melis-10m', family: 'melis', title: 'LSTM 1 × 1194, embedding 268, tied', adaptive: false },
    published: [{ valid: 61.8, test: 59.6, parameters: 10_000_000, source: 'melis-2018', evidence: 'read' }],
    work: {
      kind: 'experiment',
      experiment: melis10m,
      reduction: {
        ...{ minimumEpochs: 8, widths: ['model.embedding', 'model.cell.hidden'], multipleOf: 2 },
        changes: {
          set: {
            'train.evaluateEvery': undefined,
            'train.schedule': { type: 'plateau', factor: 0.5, patience: 0, threshold: 0 },
          },
          why: 'the rate is halved after an epoch without gain, in place of a tenth after 26 turns of 1,000 updates',
        },
      },
    },
    notes: ['the length of a turn, initial values and the number of updates are ours'],
  },
]
