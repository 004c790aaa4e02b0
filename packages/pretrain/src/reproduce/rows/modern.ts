/**
 * Recurrent cells of 2024 and later, all in one frame, so that the cell is the only difference: four blocks with a
 * layer norm before and a residual around each, tied word vectors. None was published on this text. An LSTM in the same
 * frame stands beside them.
 */
import type { Row, RowExperiment } from '../row.ts'

const SIZE = 256

function inFrame(cell: { readonly type: string; readonly [option: string]: unknown }): RowExperiment {
  const block = { cell: { ...cell, hidden: SIZE }, residual: true }
  return {
    model: {
      ...{ type: 'hybrid-lm', embedding: SIZE, blocks: [block, block, block, block], tied: true },
      dropout: { input: 0.4, between: 0.2, output: 0.4 },
    },
    train: {
      ...{ epochs: 40, batch: 20, bptt: 70 },
      optimizer: { type: 'adamw', rate: 0.001, clip: 1, weightDecay: 0.01 },
      schedule: { type: 'warm-up', over: 500, schedule: { type: 'cosine' } },
    },
  }
}

function row(name: string, title: string, type: string = name): Row {
  return {
    ...{ name, family: 'modern', title: `${title}, 4 × ${SIZE}`, published: [], adaptive: false },
    work: {
      kind: 'experiment',
      experiment: inFrame({ type }),
      reduction: {
        minimumEpochs: 6,
        widths: ['model.embedding', 'model.blocks.*.cell.hidden'],
        multipleOf: 32,
      },
    },
  }
}

/** Each cell once. */
export const modernRows: readonly Row[] = [
  row('lstm-in-blocks', 'LSTM', 'lstm'),
  row('min-gru', 'minGRU (Feng et al. 2024, arXiv:2410.01201)'),
  row('min-lstm', 'minLSTM (Feng et al. 2024, arXiv:2410.01201)'),
  row('rg-lru', 'RG-LRU (De et al. 2024, arXiv:2402.19427)'),
  row('slstm', 'sLSTM (Beck et al. 2024, arXiv:2405.04517)', 's-lstm'),
  row('mlstm', 'mLSTM (Beck et al. 2024, arXiv:2405.04517)', 'm-lstm'),
  row('gated-deltanet', 'Gated DeltaNet (Yang et al. 2024, arXiv:2412.06464)', 'gated-delta-net'),
  row('mamba-2', 'Mamba-2 (Dao & Gu 2024, arXiv:2405.21060)'),
]
