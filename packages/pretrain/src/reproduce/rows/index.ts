// The rows of the Penn Treebank ladder: a file for each family, a line for each here.
import type { Ladder } from '../ladder.ts'
import { awdLstmRows } from './awd-lstm.ts'
import { feedForwardRows } from './feed-forward.ts'
import { lstmRows } from './lstm.ts'
import { melisRows } from './melis.ts'
import { modernRows } from './modern.ts'
import { ngramRows } from './n-grams.ts'
import { neuralCacheRows } from './neural-cache.ts'
import { oneHourRows } from './one-hour.ts'
import { rnnRows } from './rnn.ts'
import { tiedRows } from './tied.ts'
import { transformerRows } from './transformer.ts'
import { variationalRows } from './variational.ts'

/** Language models on Penn Treebank, from n-grams on. */
export const pennTreebankLadder: Ladder = {
  name: 'ptb',
  title: 'Penn Treebank',
  text: { kind: 'penn-treebank' },
  rows: [
    ...ngramRows,
    ...feedForwardRows,
    ...rnnRows,
    ...lstmRows,
    ...variationalRows,
    ...tiedRows,
    ...neuralCacheRows,
    ...awdLstmRows,
    ...melisRows,
    ...oneHourRows,
    ...transformerRows,
    ...modernRows,
  ],
  seeds: [1],
  orderings: [],
}
