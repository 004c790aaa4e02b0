/** FLaRe's networks: five layers, widths from a budget of 64,000 parameters. */
import type { ProtocolModel } from '../protocol.ts'

/** Number of parameters that widths were chosen for. */
export const FLARE_PARAMETERS = 64_000

const SHARED = ['5 layers, dropout 0.1', 'weights start uniform in ±0.1 where nothing else is said']

/** The rows of the tables. The widths are derived from the published formulas. */
export const FLARE_MODELS: readonly ProtocolModel[] = [
  {
    name: 'rnn',
    title: 'RNN',
    learner: { type: 'recurrent', cell: { type: 'elman-tanh', hidden: 79 } },
    notes: [...SHARED, 'the first state is learned; the learner here has one layer'],
  },
  {
    name: 'lstm',
    title: 'LSTM',
    learner: { type: 'recurrent', cell: { type: 'lstm', hidden: 40 } },
    notes: [...SHARED, 'the first state is learned; the learner here has one layer'],
  },
  {
    name: 'transformer',
    title: 'Transformer',
    learner: { type: 'transformer', size: 32, heads: 8, layers: 5 },
    notes: [...SHARED, 'causal, inner width 128'],
  },
]

/** Parameters of the layers of a network without embedding and readout: what the budget is spent on. */
export function flareLayerParameters(
  network: 'rnn' | 'lstm' | 'transformer',
  width: number,
  layers = 5,
): number {
  if (network === 'transformer') {
    const attention = 4 * (width * width + width)
    const feedForward = 2 * 4 * width * width + 5 * width
    return layers * (attention + feedForward + 4 * width)
  }
  const gates = network === 'lstm' ? 4 : 1
  return layers * gates * (2 * width * width + width)
}
