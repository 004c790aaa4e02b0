/** LSTM and GRU networks with no dropout or plain dropout: the three sizes of Zaremba et al. (2014). */
import { zarembaLarge, zarembaMedium, zarembaSmall } from '../../language-model/presets.ts'
import { gruMedium } from '../../recipes/gru.ts'
import type { Published, Row, RowExperiment } from '../row.ts'

/** Sizes that shrink together in a two-layer network of one cell. */
export const stackWidths = ['model.embedding', 'model.cell.hidden'] as const

/** Experiments of Zaremba et al. score the network after its last epoch. */
function zaremba(
  name: string,
  title: string,
  experiment: RowExperiment,
  published: readonly Published[],
): Row {
  return {
    ...{ name, family: 'lstm', title, published, adaptive: false },
    work: {
      kind: 'experiment',
      experiment,
      checkpoint: 'latest',
      reduction: { minimumEpochs: 6, widths: stackWidths, multipleOf: 10 },
    },
  }
}

/** Small, medium and large, and the medium one with GRU cells. */
export const lstmRows: readonly Row[] = [
  zaremba('lstm-small', 'LSTM 2 × 200, no dropout', zarembaSmall, [
    { valid: 120.7, test: 114.5, parameters: 4_650_000, source: 'zaremba-2014', evidence: 'quoted' },
  ]),
  zaremba('lstm-medium', 'LSTM 2 × 650, dropout 0.5', zarembaMedium, [
    { valid: 86.2, test: 82.7, parameters: 20_000_000, source: 'zaremba-2014', evidence: 'quoted' },
  ]),
  zaremba('lstm-large', 'LSTM 2 × 1500, dropout 0.65', zarembaLarge, [
    { valid: 82.2, test: 78.4, parameters: 66_000_000, source: 'zaremba-2014', evidence: 'quoted' },
  ]),
  {
    ...zaremba('gru', 'GRU 2 × 650, dropout 0.5', gruMedium, []),
    family: 'gru',
    notes: ['trained as the medium LSTM: the cell is the only difference'],
  },
]
