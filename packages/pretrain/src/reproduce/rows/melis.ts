/** The LSTMs of ten and of 24 million parameters of Melis et al. (2018): the best ones for their size. */
import { melis10m, melis24m } from '../../recipes/melis.ts'
import type { Published, Row, RowExperiment } from '../row.ts'

function melis(name: string, title: string, experiment: RowExperiment, published: Published): Row {
  return {
    ...{ name, family: 'melis', title, published: [published], adaptive: false },
    work: {
      kind: 'experiment',
      experiment,
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
  }
}

/** One layer, and four with skip connections. */
export const melisRows: readonly Row[] = [
  melis('melis-10m', 'LSTM 1 × 1194, embedding 268, tied', melis10m, {
    ...{ valid: 61.8, test: 59.6, parameters: 10_000_000, source: 'melis-2018', evidence: 'read' },
  }),
  melis('melis-24m', 'LSTM 4 × 723, tied, skip connections', melis24m, {
    ...{ valid: 60.9, test: 58.3, parameters: 24_000_000, source: 'melis-2018', evidence: 'read' },
  }),
]
