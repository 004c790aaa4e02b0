/**
 * Variational LSTMs: Gal & Ghahramani (2016), "A Theoretically Grounded Application of Dropout in Recurrent Neural
 * Networks", from the paper and its last script, over the models of Zaremba et al. (2014); Inan et al. (2017), "Tying
 * Word Vectors and Word Classifiers", over these.
 *
 * Masks are the same at every step, one for each gate, and words are dropped wherever they stand: here in the whole
 * batch, in the script row by row. Published numbers "with Monte Carlo" average the probabilities of many noisy passes.
 */

interface VariationalSizes {
  readonly hidden: number
  readonly scale: number
  /** Of words, and of h on its way into the gates. */
  readonly words: number
  /** Of x on its way into the gates, and of the output. */
  readonly layers: number
  readonly hold: number
  readonly divisor: number
  readonly epochs: number
  readonly clip: number
}

function variational({ hidden, scale, words, layers, hold, divisor, epochs, clip }: VariationalSizes) {
  return {
    model: {
      type: 'recurrent-lm',
      embedding: hidden,
      cell: { type: 'lstm', hidden },
      layers: 2,
      initialScale: scale,
      dropout: {
        ...{ kind: 'locked', embeddingRows: words, gateInput: layers, gateRecurrent: words, output: layers },
        gateMasks: 'per-gate',
      },
    },
    train: {
      epochs,
      batch: 20,
      bptt: 35,
      loss: 'sum-over-time',
      optimizer: { type: 'sgd', rate: 1, clip, weightDecay: 1e-7 },
      schedule: { type: 'hold-then-divide', hold, divisor },
    },
  } as const
}

/**
 * 2 × 650, 19,775,200 parameters. Published on Penn Treebank: test perplexity 79.7, valid 81.9; 78.6 with Monte Carlo.
 *
 * The script has the large model only: the rates here are ours, scaled to the smaller size as Zaremba's are.
 */
export const variationalMedium = variational({
  ...{ hidden: 650, scale: 0.05, words: 0.2, layers: 0.4 },
  ...{ hold: 6, divisor: 1.2, epochs: 39, clip: 5 },
})

/** 2 × 1500, 66,022,000 parameters. Published on Penn Treebank: test perplexity 75.2, valid 77.9; 73.4 with Monte Carlo. */
export const variationalLarge = variational({
  ...{ hidden: 1500, scale: 0.04, words: 0.3, layers: 0.5 },
  ...{ hold: 10, divisor: 1.15, epochs: 55, clip: 10 },
})

/** Tied vectors and the augmented loss of Inan et al. over a variational model: their "REAL". */
function inan<Preset extends { readonly model: object }>(preset: Preset) {
  const temperature = 20
  const augmentedLoss = { weight: 0.5 * temperature, temperature }
  return { ...preset, model: { ...(preset.model as Preset['model']), tied: true, augmentedLoss } as const }
}

/**
 * 2 × 650, 13,275,200 parameters. Published on Penn Treebank: test perplexity 73.2, valid 75.7.
 *
 * Weight and temperature of the augmented loss are ours: the paper's values were not at hand.
 */
export const inanMedium = inan(variationalMedium)

/** 2 × 1500, 51,022,000 parameters. Published on Penn Treebank: test perplexity 68.5, valid 71.1. As {@link inanMedium}. */
export const inanLarge = inan(variationalLarge)
