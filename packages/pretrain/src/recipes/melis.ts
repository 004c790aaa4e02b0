/**
 * Melis, Dyer & Blunsom (2018), "On the State of the Art of Evaluation in Neural Language Models": LSTMs of 10
 * and 24 million parameters, values of the hyper-parameter file of their repository for Penn Treebank.
 *
 * Their RMSProp is Adam without a mean of the gradients (β₁ = 0), and the rate is divided by 10 after 26 turns without
 * gain, a turn being a thousand updates here. The gradient is that of the sum over time.
 */

/** What differs between the sizes. */
interface Sizes {
  readonly hidden: number
  readonly embedding: number
  readonly layers: number
  readonly dropout: {
    readonly input: number
    readonly between?: number
    readonly gateRecurrent: number
    readonly output: number
  }
  readonly rate: number
  readonly weightDecay: number
}

function melis({ hidden, embedding, layers, dropout, rate, weightDecay }: Sizes) {
  return {
    model: {
      type: 'recurrent-lm',
      ...{ embedding, layers, skip: layers > 1 },
      cell: { type: 'lstm', hidden, forgetBias: 1, capInputGate: true },
      tied: true,
      dropout: { kind: 'locked', ...dropout },
    },
    train: {
      steps: 100_000,
      batch: 64,
      bptt: 35,
      loss: 'sum-over-time',
      stateReset: 0.01,
      optimizer: { type: 'adam', rate, betas: [0, 0.999], clip: 10, weightDecay },
      schedule: { type: 'plateau', factor: 0.1, patience: 25, threshold: 0 },
      evaluateEvery: 1000,
    },
  } as const
}

/**
 * One layer, on Penn Treebank: 9,997,280 parameters (their budget of 10 million). Published: test perplexity 59.6,
 * valid 61.8.
 *
 * The length of a turn, initial values (uniform in ± 1 / √hidden) and the number of updates are ours.
 */
export const melis10m = melis({
  ...{ hidden: 1194, embedding: 268, layers: 1, rate: 0.00418, weightDecay: 1.24e-4 },
  dropout: { input: 0.58, gateRecurrent: 0.215, output: 0.327 },
})

/**
 * Four layers whose outputs are added up, on Penn Treebank: 23,978,896 parameters (their budget of 24 million).
 * Published: test perplexity 58.3, valid 60.9. What is ours is as in {@link melis10m}.
 */
export const melis24m = melis({
  ...{ hidden: 723, embedding: 723, layers: 4, rate: 0.00396, weightDecay: 7.4e-5 },
  dropout: { input: 0.634, between: 0.309, gateRecurrent: 0.643, output: 0.701 },
})
