/**
 * The reduced ladder: nine models and a mixture on a text of about 100,000 words, three seeds each, in about 20 minutes
 * on two cores. Perplexities of so short a text say nothing of published ones; the order of the models does, and is
 * checked.
 *
 * All networks have word vectors and states of 128 numbers and are trained alike (Adam, 20 rows of 20 words), with the
 * best checkpoint by the valid score: one that overfits stops at its best.
 */
import type { Ladder, Ordering } from './ladder.ts'
import type { Row, RowExperiment } from './row.ts'

const SIZE = 128

const train = {
  ...{ epochs: 10, batch: 20, bptt: 20, keep: 1, logEvery: 1000 },
  optimizer: { type: 'adam', rate: 0.004, clip: 1 },
  schedule: { type: 'cosine', lowest: 0.0001 },
  earlyStopping: { patience: 3 },
} as const

const { earlyStopping: _, ...toTheEnd } = train

/** Regularised networks are still getting better when the others are past their best: they see the rate fall to its end. */
const longer = { ...toTheEnd, epochs: 16 } as const

const evaluate = { batch: 10, time: 64, warmUp: 64 } as const

const lstm = {
  ...{ type: 'recurrent-lm', embedding: SIZE, layers: 1 },
  cell: { type: 'lstm', hidden: SIZE, forgetBias: 1 },
} as const

const variational = {
  ...{ kind: 'locked', input: 0.3, output: 0.4, gateRecurrent: 0.2, embeddingRows: 0.1 },
} as const

function row(name: string, title: string, experiment: RowExperiment): Row {
  return {
    ...{ name, family: name, title, published: [], adaptive: false },
    work: {
      ...{ kind: 'experiment', experiment },
      reduction: { minimumEpochs: 1, widths: [], multipleOf: 1 },
    },
  }
}

const rows: readonly Row[] = [
  {
    ...{
      name: 'kn5',
      family: 'kn5',
      title: '5-gram, interpolated modified Kneser-Ney',
      published: [],
      adaptive: false,
    },
    work: { kind: 'n-gram', model: { type: 'kneser-ney', order: 5 } },
  },
  row('feed-forward', 'feed-forward, 4 words of context', {
    model: { type: 'feed-forward-lm', order: 5, embedding: SIZE, hidden: SIZE },
    ...{ train, evaluate },
  }),
  row('rnn', 'RNN, tanh', {
    model: { ...lstm, cell: { type: 'elman-tanh', hidden: SIZE } },
    ...{ train, evaluate },
  }),
  row('lstm', 'LSTM', { model: lstm, train, evaluate }),
  row('lstm-dropout', 'LSTM with plain dropout', {
    model: { ...lstm, dropout: { input: 0.4, output: 0.5 } },
    ...{ train: longer, evaluate },
  }),
  row('lstm-variational', 'LSTM with variational dropout', {
    model: { ...lstm, dropout: variational },
    ...{ train: longer, evaluate },
  }),
  row('lstm-tied', 'LSTM with variational dropout, tied', {
    model: { ...lstm, dropout: variational, tied: true },
    ...{ train: longer, evaluate },
  }),
  row('min-gru', 'minGRU with dropout, tied', {
    model: {
      ...{
        type: 'recurrent-lm',
        embedding: SIZE,
        layers: 1,
        cell: { type: 'min-gru', hidden: SIZE },
        tied: true,
      },
      dropout: { kind: 'locked', input: 0.3, output: 0.4, embeddingRows: 0.1 },
    },
    ...{ train: longer, evaluate },
  }),
  row('transformer', 'Transformer 2 blocks, dropout, tied', {
    model: {
      ...{
        type: 'transformer-lm',
        size: SIZE,
        layers: 2,
        heads: 4,
        inner: 2 * SIZE,
        context: 40,
        tied: true,
      },
      dropout: { input: 0.3, residual: 0.2, inner: 0.2, output: 0.4 },
    },
    ...{ train: longer, evaluate },
  }),
  {
    ...{ name: 'lstm-tied-kn5', family: 'lstm-tied-kn5', title: 'lstm-tied mixed half and half with kn5' },
    ...{ published: [], adaptive: false },
    work: {
      kind: 'mixture',
      parts: [
        { row: 'lstm-tied', weight: 0.5 },
        { row: 'kn5', weight: 0.5 },
      ],
    },
  },
]

const orderings: readonly Ordering[] = [
  { better: 'rnn', worse: 'feed-forward', why: 'a state reaches further back than four words' },
  { better: 'lstm', worse: 'rnn', why: 'gates keep what the state of a plain network loses' },
  { better: 'lstm-dropout', worse: 'lstm', why: 'so short a text is overfitted without dropout' },
  { better: 'lstm-variational', worse: 'lstm', why: 'the same, with masks that stay over time' },
  {
    better: 'lstm-variational',
    worse: 'lstm-dropout',
    why: 'as published: 79.7 against 82.7 of the medium network',
  },
  { better: 'lstm-tied', worse: 'lstm-variational', why: 'rare words share what is learnt of them as input' },
  {
    better: 'lstm-tied',
    worse: 'transformer',
    why: 'attention has to learn order and nearness, from little text',
  },
  { better: 'lstm-tied', worse: 'min-gru', why: 'gates of minGRU do not see the state' },
  { better: 'lstm-tied-kn5', worse: 'lstm-tied', why: 'a mixture of models that err apart' },
  { better: 'lstm-tied-kn5', worse: 'kn5', why: 'a mixture of models that err apart' },
]

const SEEDS = [1, 2, 3] as const

/** On the first 100,000 words of Penn Treebank's training text, 20,000 of valid and of test. */
export const pennTreebankReduced: Ladder = {
  name: 'ptb-reduced',
  title: 'the first 100,000 words of Penn Treebank',
  text: { kind: 'penn-treebank-head', train: 100_000, valid: 20_000, test: 20_000 },
  ...{ rows, orderings, seeds: SEEDS },
}

/** On the words of Tiny Shakespeare, which comes with elman. */
export const shakespeareReduced: Ladder = {
  name: 'shakespeare-reduced',
  title: 'the words of Tiny Shakespeare',
  text: { kind: 'corpus', corpus: { type: 'tiny-shakespeare', unit: 'word' } },
  ...{ rows, orderings, seeds: SEEDS },
}
