/** The neural cache (Grave et al. 2017) and the LSTM that it was published over. */
import type { Row, RowExperiment } from '../row.ts'

const grave: RowExperiment = {
  model: {
    ...{ type: 'recurrent-lm', embedding: 1024, cell: { type: 'lstm', hidden: 1024 }, layers: 1 },
    ...{ initialScale: 0.05, dropout: { input: 0.65, output: 0.65 } },
  },
  train: {
    ...{ epochs: 40, batch: 20, bptt: 30, loss: 'sum-over-time' },
    optimizer: { type: 'adagrad', rate: 0.2, clip: 0.1 },
  },
}

/** The LSTM alone, and with a cache of 500 words. */
export const neuralCacheRows: readonly Row[] = [
  {
    ...{
      name: 'grave-lstm',
      family: 'neural-cache',
      title: 'LSTM 1 × 1024, dropout 0.65, Adagrad',
      adaptive: false,
    },
    published: [{ test: 82.3, source: 'grave-2017', evidence: 'memory' }],
    work: {
      ...{ kind: 'experiment', experiment: grave },
      reduction: { minimumEpochs: 6, widths: ['model.embedding', 'model.cell.hidden'], multipleOf: 16 },
    },
    notes: ['the recipe is from memory, the number of epochs ours'],
  },
  {
    ...{
      name: 'neural-cache',
      family: 'neural-cache',
      title: 'grave-lstm with a cache of 500 words',
      adaptive: true,
    },
    published: [
      { test: 72.1, source: 'grave-2017', evidence: 'quoted', note: 'quoted in Yang et al. 2018, Table 1' },
    ],
    work: {
      ...{ kind: 'evaluation', of: 'grave-lstm' },
      evaluator: { type: 'neural-cache', window: 500, sharpness: 0.3, weight: 0.1 },
    },
    notes: ['sharpness and weight are ours: the paper tunes them on valid'],
  },
]
