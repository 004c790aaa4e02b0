/**
 * A GRU on the terms of the medium model of Zaremba et al. (2014): 2 × 650, dropout 0.5 outside the recurrence. Ours,
 * for comparison at one size; nobody published this very configuration.
 */

/** 2 × 650, 18,085,200 parameters. */
export const gruMedium = {
  model: {
    type: 'recurrent-lm',
    embedding: 650,
    cell: { type: 'gru', hidden: 650 },
    layers: 2,
    initialScale: 0.05,
    dropout: { input: 0.5, between: 0.5, output: 0.5 },
  },
  train: {
    epochs: 39,
    batch: 20,
    bptt: 35,
    loss: 'sum-over-time',
    optimizer: { type: 'sgd', rate: 1, clip: 5 },
    schedule: { type: 'hold-then-divide', hold: 6, divisor: 1.2 },
  },
} as const
