/** Attention, trained on Penn Treebank alone: a plain Transformer, Transformer-XL, and a hybrid with an LSTM. */
import type { Reduction, Row, RowExperiment } from '../row.ts'

const train = {
  ...{ epochs: 60, batch: 20, bptt: 70 },
  optimizer: { type: 'adam', rate: 0.0005, clip: 0.25 },
  schedule: { type: 'warm-up', over: 1000, schedule: { type: 'cosine' } },
} as const

const dropout = { input: 0.4, weights: 0.1, residual: 0.3, inner: 0.3, output: 0.4 } as const

const plain: RowExperiment = {
  model: {
    ...{ type: 'transformer-lm', size: 256, layers: 4, heads: 4, inner: 1024, context: 70 },
    ...{ positions: 'sinusoidal', tied: true, dropout },
  },
  train,
}

const xl: RowExperiment = {
  model: {
    ...{ type: 'transformer-lm', size: 380, layers: 16, heads: 10, inner: 900, context: 70 },
    ...{ positions: 'relative', span: 'memory', tied: true, dropout },
  },
  train: { ...train, epochs: 200, averaging: { trigger: 'non-monotonic', patience: 5 } },
}

const hybrid: RowExperiment = {
  model: {
    ...{ type: 'hybrid-lm', embedding: 400, tied: true },
    blocks: [
      { cell: { type: 'lstm', hidden: 400 }, residual: true },
      { attention: { heads: 4, context: 128 } },
      { cell: { type: 'lstm', hidden: 400 }, residual: true },
    ],
    dropout: { input: 0.4, between: 0.2, residual: 0.3, inner: 0.3, output: 0.4 },
  },
  train,
}

function trained(
  name: string,
  title: string,
  experiment: RowExperiment,
  reduction: Reduction,
  row: Partial<Row>,
): Row {
  return {
    ...{ name, family: 'attention', title, published: [], adaptive: false },
    ...{ work: { kind: 'experiment', experiment, reduction }, ...row },
  }
}

const SIZES = { minimumEpochs: 6, widths: ['model.size', 'model.inner'], multipleOf: 20 } as const

/** Three models with attention. */
export const transformerRows: readonly Row[] = [
  trained(
    'transformer',
    'Transformer 4 × 256, segments of 70 words',
    plain,
    { ...SIZES, multipleOf: 4 },
    {
      notes: [
        'ours: no figure of a plain Transformer that was trained on this text alone is known for certain',
      ],
    },
  ),
  trained('transformer-xl', 'Transformer-XL 16 × 380, memory of 70 words', xl, SIZES, {
    published: [{ valid: 56.72, test: 54.52, parameters: 24_000_000, source: 'dai-2019', evidence: 'read' }],
    notes: [
      'sizes, rates and epochs are ours, for 24 M parameters: the authors have not published those of this text (transformer-xl, issues 16 and 35)',
      'the paper adds variational dropout and averages weights, as AWD-LSTM does',
    ],
  }),
  trained(
    'hybrid',
    'LSTM 400, attention over 128 words, LSTM 400',
    hybrid,
    {
      minimumEpochs: 6,
      widths: ['model.embedding', 'model.blocks.0.cell.hidden', 'model.blocks.2.cell.hidden'],
      multipleOf: 8,
    },
    { notes: ['ours'] },
  ),
]
