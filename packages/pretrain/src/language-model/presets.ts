/**
 * Published configurations of language models, as parts of an experiment: `{ corpus, ...zarembaSmall }`.
 *
 * Zaremba et al. (2014), "Recurrent Neural Network Regularization", from the paper and its main.lua.
 */

interface ZarembaSizes {
  readonly hidden: number
  readonly dropout: number
  readonly scale: number
  readonly bptt: number
  readonly hold: number
  readonly divisor: number
  readonly epochs: number
  readonly clip: number
}

function zaremba({ hidden, dropout, scale, bptt, hold, divisor, epochs, clip }: ZarembaSizes) {
  return {
    model: {
      type: 'recurrent-lm',
      embedding: hidden,
      cell: { type: 'lstm', hidden },
      layers: 2,
      initialScale: scale,
      dropout: { input: dropout, between: dropout, output: dropout },
    },
    train: {
      epochs,
      batch: 20,
      bptt,
      loss: 'sum-over-time',
      optimizer: { type: 'sgd', rate: 1, clip },
      schedule: { type: 'hold-then-divide', hold, divisor },
    },
  } as const
}

/** 2 × 200, no dropout, 13 epochs. Published on Penn Treebank: test perplexity 114.5, valid 120.7. */
export const zarembaSmall = zaremba({
  ...{ hidden: 200, dropout: 0, scale: 0.1, bptt: 20 },
  ...{ hold: 4, divisor: 2, epochs: 13, clip: 5 },
})

/** 2 × 650, dropout 0.5, 39 epochs. Published on Penn Treebank: test perplexity 82.7, valid 86.2. */
export const zarembaMedium = zaremba({
  ...{ hidden: 650, dropout: 0.5, scale: 0.05, bptt: 35 },
  ...{ hold: 6, divisor: 1.2, epochs: 39, clip: 5 },
})

/** 2 × 1500, dropout 0.65, 55 epochs. Published on Penn Treebank: test perplexity 78.4, valid 82.2. */
export const zarembaLarge = zaremba({
  ...{ hidden: 1500, dropout: 0.65, scale: 0.04, bptt: 35 },
  ...{ hold: 14, divisor: 1.15, epochs: 55, clip: 10 },
})
