/** Word vectors as the weights of the softmax (Press & Wolf 2017), and the augmented loss with it (Inan et al. 2017). */
import { zarembaSmall } from '../../language-model/presets.ts'
import { inanMedium, variationalLarge } from '../../recipes/variational.ts'
import { withValues } from '../change-config.ts'
import type { Published, Row, RowExperiment } from '../row.ts'
import { stackWidths } from './lstm.ts'

interface Trained {
  readonly name: string
  readonly family: string
  readonly title: string
  readonly experiment: RowExperiment
  readonly published: Published
  readonly notes?: readonly string[]
}

function trained({ experiment, published, ...row }: Trained): Row {
  const reduction = { minimumEpochs: 6, widths: stackWidths, multipleOf: 10 }
  return {
    ...{ ...row, published: [published], adaptive: false },
    work: { kind: 'experiment', experiment, checkpoint: 'latest', reduction },
  }
}

/** The sizes, initial values, window and rate of Zaremba's small network in the medium one's frame. */
const inanSmall = withValues<RowExperiment>(inanMedium, {
  ...{ 'model.embedding': 200, 'model.cell.hidden': 200, 'model.initialScale': 0.1 },
  ...{ 'model.dropout.embeddingRows': 0.1, 'model.dropout.gateInput': 0.2 },
  ...{ 'model.dropout.gateRecurrent': 0.1, 'model.dropout.output': 0.2 },
})

const OURS =
  'rates of dropout, weight and temperature of the augmented loss and the number of epochs are ours: the paper was not at hand'

/** Tied networks, and VD-LSTM + REAL. */
export const tiedRows: readonly Row[] = [
  trained({
    ...{ name: 'tied-small', family: 'tied', title: 'LSTM 2 × 200, no dropout, tied word vectors' },
    experiment: withValues<RowExperiment>(zarembaSmall, { 'model.tied': true }),
    published: { valid: 117.5, test: 112.4, parameters: 2_650_000, source: 'press-2017', evidence: 'read' },
  }),
  trained({
    ...{ name: 'tied-large', family: 'tied', title: 'LSTM 2 × 1500, variational dropout, tied word vectors' },
    experiment: withValues<RowExperiment>(variationalLarge, { 'model.tied': true }),
    published: { valid: 75.8, test: 73.2, parameters: 51_000_000, source: 'press-2017', evidence: 'read' },
  }),
  trained({
    ...{ name: 'inan-small', family: 'inan', title: 'VD-LSTM 2 × 200 + REAL: tied, augmented loss' },
    experiment: inanSmall,
    published: { valid: 86.3, test: 82.7, source: 'inan-2017', evidence: 'read' },
    notes: [OURS],
  }),
  trained({
    ...{ name: 'inan-medium', family: 'inan', title: 'VD-LSTM 2 × 650 + REAL: tied, augmented loss' },
    experiment: inanMedium,
    published: { valid: 75.7, test: 73.2, parameters: 14_000_000, source: 'inan-2017', evidence: 'read' },
    notes: [OURS],
  }),
]
