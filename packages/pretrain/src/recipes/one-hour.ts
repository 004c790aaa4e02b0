/**
 * A language model for an hour of two cores: ten million parameters at most, and the lowest perplexity that the time
 * gives. The frame is AWD-LSTM's (Merity et al. 2018) made small: a wide layer, a narrow one, word vectors as the
 * weights of the softmax, masks that stay over time. With twenty passes in place of hundreds there is less to forbid,
 * so noise is less; and in place of averaging at the end, Adam's rate rises for a tenth of the time and falls to zero
 * ("one cycle", Smith 2018).
 */

/** Penn Treebank, 8,889,680 parameters. Nothing is published of it; the number of epochs is cut down to the time there is. */
export const oneHourPtb = {
  model: {
    type: 'recurrent-lm',
    embedding: 400,
    cells: [
      { type: 'lstm', hidden: 704, forgetBias: 1 },
      { type: 'lstm', hidden: 400, forgetBias: 1 },
    ],
    tied: true,
    dropout: { kind: 'locked', embeddingRows: 0.05, input: 0.3, between: 0.2, output: 0.4, weights: 0.3 },
  },
  train: {
    epochs: 60,
    batch: 20,
    bptt: 35,
    loss: 'mean',
    optimizer: { type: 'adam', rate: 0.003, clip: 1, weightDecay: 1.2e-6 },
    schedule: { type: 'one-cycle', rise: 0.1 },
  },
} as const
