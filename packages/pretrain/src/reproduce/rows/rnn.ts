/** Recurrent networks of the RNNLM toolkit (Mikolov et al. 2010-12): static, going on to learn, and with KN5. */
import { withValues } from '../change-config.ts'
import type { Row, RowExperiment } from '../row.ts'

/** Sigmoid units, one text read word by word, an update each block of ten words, the gradient of their sum. */
const rnnlm: RowExperiment = {
  model: { type: 'recurrent-lm', embedding: 300, cell: { type: 'elman-sigmoid', hidden: 300 }, layers: 1 },
  train: {
    ...{ epochs: 20, batch: 1, bptt: 10, loss: 'sum-over-time' },
    optimizer: { type: 'sgd', rate: 0.1, clip: 15 },
    schedule: { type: 'plateau', factor: 0.5, patience: 0, threshold: 0.003 },
    earlyStopping: { patience: 3 },
  },
}

function trained(name: string, title: string, experiment: RowExperiment, row: Partial<Row> = {}): Row {
  return {
    ...{ name, family: 'rnn', title, adaptive: false, published: [] },
    work: {
      kind: 'experiment',
      experiment,
      reduction: {
        ...{ minimumEpochs: 4, widths: ['model.embedding', 'model.cell.hidden'], multipleOf: 10 },
        changes: {
          set: {
            'train.batch': 20,
            'train.bptt': 20,
            'train.optimizer': { type: 'sgd', rate: 0.5, clip: 5 },
          },
          why: '20 rows of 20 words an update in place of one row of 10, for speed',
        },
      },
    },
    ...row,
  }
}

/** The toolkit's sigmoid network, the same with tanh, and what is made of the former. */
export const rnnRows: readonly Row[] = [
  trained('rnn', 'RNN 300, sigmoid', rnnlm, {
    published: [
      {
        ...{ test: 124.7, parameters: 6_000_000, source: 'mikolov-zweig-2012', evidence: 'quoted' },
        note: 'quoted in Inan et al. 2017; the toolkit predicts by classes of words',
      },
    ],
    notes: [
      'full softmax in place of classes; the toolkit adds word vectors to the hidden units without a matrix',
    ],
  }),
  trained(
    'rnn-tanh',
    'RNN 300, tanh',
    withValues(rnnlm, { 'model.cell': { type: 'elman-tanh', hidden: 300 } }),
    { notes: ['the same training with the other activation'] },
  ),
  {
    ...{
      name: 'rnn-dynamic',
      family: 'rnn',
      title: 'rnn, learning from the text that it reads',
      adaptive: true,
    },
    published: [
      {
        test: 123.2,
        parameters: 6_000_000,
        source: 'mikolov-2011',
        evidence: 'quoted',
        note: 'quoted in Tjandra 2017',
      },
    ],
    work: {
      ...{ kind: 'evaluation', of: 'rnn' },
      evaluator: { type: 'dynamic', rule: 'sgd', rate: 0.1, segment: 10 },
    },
  },
  {
    ...{ name: 'rnn-kn5', family: 'rnn', title: 'rnn mixed half and half with KN5', adaptive: false },
    published: [{ test: 105.7, source: 'mikolov-2011', evidence: 'memory' }],
    work: {
      kind: 'mixture',
      parts: [
        { row: 'rnn', weight: 0.5 },
        { row: 'kn5', weight: 0.5 },
      ],
    },
  },
]
