/** The cells of the comparison: what is learned, by which network. The peers' copy is peers/ladder_tasks.py. */
import { type Encoding, encodeView, type Learner, languages, recurrentLearner, type View } from '@elman/eval'
import { elmanTanh, lstm, stackRnn } from '@elman/layers-recurrent'

/** A learner on a view of a language. */
export interface Task {
  readonly encoding: Encoding
  readonly learner: Learner
  /** Units, for the table. */
  readonly network: string
}

/** Strings of these sizes are trained on: 1 to this. */
export const TRAIN_SIZE = 40
/** Strings in a batch. */
export const BATCH = 32
/** Test strings of each size. */
export const TEST_STRINGS = 256

export const TASKS: { readonly [name: string]: () => Task } = {
  parity: () => task('parity', 'dense', 'Elman-16', size => elmanTanh({ inputSize: size, hidden: 16 })),
  s3: () => task('s3', 'dense', 'LSTM-32', size => lstm({ inputSize: size, hidden: 32, forgetBias: 1 })),
  reverse: () =>
    task('reverse', 'transduce', 'Stack-RNN-32', size => stackRnn({ inputSize: size, hidden: 32 })),
}

function task(
  id: string,
  view: View,
  network: string,
  cell: Parameters<typeof recurrentLearner>[0]['cell'],
): Task {
  const language = languages.find(known => known.id === id)!
  const encoding = encodeView(language, view)
  return { encoding, network, learner: recurrentLearner({ cell })(encoding) }
}
