/**
 * AWD-LSTM: Merity, Keskar & Socher (2018), "Regularizing and Optimizing LSTM Language Models", with the values of
 * the README of awd-lstm-lm. Parts of an experiment: `{ corpus: 'ptb', ...awdLstmPtb }`.
 *
 * Cells have two biases, as those of cuDNN: one alone would move half as fast at the same rate. Loss and penalties
 * are means over tokens: rate 30 and clip 0.25 hold for these.
 *
 * What differs from the repository: window lengths are multiples of 10 and the end of the rows is read too (see
 * `createVariableStream`; `variableBptt: { step: 1 }` gives its lengths); after the switch to averaging each window has
 * its own rate, where PyTorch's ASGD uses that of the window before; validation reads the text whole with warm-up.
 */

interface AwdSizes {
  readonly batch: number
  readonly epochs: number
  readonly seed: number
  /** Of embeddings on their way into the first layer. */
  readonly input: number
  /** Of what one layer hands to the next. */
  readonly between: number
}

const cell = (hidden: number) => ({ type: 'lstm', hidden, recurrentBias: true }) as const

function awdLstm({ batch, epochs, seed, input, between }: AwdSizes) {
  return {
    model: {
      type: 'recurrent-lm',
      embedding: 400,
      cells: [cell(1150), cell(1150), cell(400)],
      tied: true,
      dropout: { kind: 'locked', embeddingRows: 0.1, input, between, output: 0.4, weights: 0.5 },
    },
    train: {
      epochs,
      batch,
      bptt: 70,
      variableBptt: {},
      loss: 'mean',
      penalties: { activation: 2, temporal: 1 },
      optimizer: { type: 'sgd', rate: 30, clip: 0.25, weightDecay: 1.2e-6 },
      averaging: { trigger: 'non-monotonic', patience: 5 },
    },
    seed,
  } as const
}

/** Penn Treebank, 24,221,600 parameters. Published without fine-tuning: test perplexity 58.8, valid 60.7. */
export const awdLstmPtb = awdLstm({ batch: 20, epochs: 500, seed: 141, input: 0.4, between: 0.25 })

/** WikiText-2, 33,556,078 parameters. Published without fine-tuning: test perplexity 66.0, valid 69.1. */
export const awdLstmWikiText2 = awdLstm({ batch: 80, epochs: 750, seed: 1882, input: 0.65, between: 0.2 })

/** An experiment, or the part of it that a second stage takes over. */
export interface Stage {
  readonly model: object
  readonly train: object
}

/**
 * The second stage of AWD-LSTM: averaged gradient descent anew from the best model of a run, until a validation loss
 * is above the lowest of all but the last five. The model it starts from counts as the best until a better one comes.
 *
 * @param stage - The first stage, such as `awdLstmPtb`.
 * @param run - Folder of the first stage's run, from the folder of the config.
 * Published on Penn Treebank: test perplexity 57.3, valid 60.0; on WikiText-2: 65.8, 68.6.
 */
export function fineTuned<First extends Stage>(stage: First, run: string) {
  return {
    ...stage,
    initialRun: { path: run, checkpoint: 'best' as const },
    train: {
      ...(stage.train as First['train']),
      averaging: { trigger: 'start' as const },
      earlyStopping: { rule: 'non-monotonic' as const, patience: 5 },
    },
  }
}
