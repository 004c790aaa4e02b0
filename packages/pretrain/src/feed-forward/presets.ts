/**
 * The settings of Bengio et al. (2003), "A Neural Probabilistic Language Model", as parts of an experiment:
 * `{ corpus, ...bengioBrown }`.
 *
 * Weight decay acts on the weights and the word vectors, not on the biases. The paper trains by plain gradient descent
 * on one example after the other, at a rate that falls as ε₀ / (1 + 10⁻⁸ t) from 10⁻³, over 10 to 20 epochs with early
 * stopping; here a step takes the mean over a window, so the rate is another one (on Penn Treebank, 3 is better than 1
 * after each of the first three passes).
 */

interface BengioSizes {
  readonly order: number
  readonly embedding: number
  readonly hidden: number
  readonly direct: boolean
  readonly weightDecay: number
}

function bengio({ weightDecay, ...sizes }: BengioSizes) {
  return {
    model: { type: 'feed-forward-lm', ...sizes },
    train: {
      epochs: 15,
      batch: 20,
      bptt: 20,
      optimizer: {
        ...{ type: 'sgd', rate: 3, clip: 5, weightDecay },
        groups: [{ pattern: '**.bias', weightDecay: 0 }],
      },
      schedule: { type: 'constant' },
    },
  } as const
}

/** The setting that did best on Brown: n = 5, h = 100, m = 30, no direct connections, weight decay 10⁻⁴. */
export const bengioBrown = bengio({
  ...{ order: 5, embedding: 30, hidden: 100, direct: false, weightDecay: 1e-4 },
})

/** The setting for AP News (MLP10): n = 6, h = 60, m = 100, direct connections, weight decay 10⁻⁵. */
export const bengioNews = bengio({
  ...{ order: 6, embedding: 100, hidden: 60, direct: true, weightDecay: 1e-5 },
})
