/**
 * Melis, Dyer & Blunsom (2018), "On the State of the Art of Evaluation in Neural Language Models": the LSTM of one
 * layer and 10 million parameters, values of the hyper-parameter file of their repository for Penn Treebank.
 *
 * Their RMSProp is Adam without a mean of the gradients (β₁ = 0), and the rate is divided by 10 after 26 turns without
 * gain, a turn being a thousand updates here. The gradient is that of the sum over time.
 */

/**
 * Penn Treebank, 9,997,280 parameters (their budget of 10 million). Published: test perplexity 59.6, valid 61.8.
 *
 * The length of a turn, initial values (uniform in ± 1 / √hidden) and the number of updates are ours.
 */
export const melis10m = {
  model: {
    type: 'recurrent-lm',
    embedding: 268,
    cell: { type: 'lstm', hidden: 1194, forgetBias: 1, capInputGate: true },
    tied: true,
    dropout: { kind: 'locked', input: 0.58, gateRecurrent: 0.215, output: 0.327 },
  },
  train: {
    steps: 100_000,
    batch: 64,
    bptt: 35,
    loss: 'sum-over-time',
    stateReset: 0.01,
    optimizer: { type: 'adam', rate: 0.00418, betas: [0, 0.999], clip: 10, weightDecay: 1.24e-4 },
    schedule: { type: 'plateau', factor: 0.1, patience: 25, threshold: 0 },
    evaluateEvery: 1000,
  },
} as const
