import {
  add,
  filled,
  mul,
  type NdArray,
  reshape,
  sigmoid,
  split,
  standardize,
  type Tensor,
  tanh,
} from '@elman/core'
import { describeCellFunction, layerNormConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { ones, uniformParameters, withGateBias } from './initial-values.ts'
import type { LstmParameters, LstmState } from './lstm.ts'
import type { LayerNormOptions } from './lstm-layer-norm.ts'

/** As {@link LstmParameters}, a gain (4·hidden) of the gates, gain and bias (hidden) of the memory. */
export type LayerNormPerGateParameters = LstmParameters & {
  gain: NdArray
  cellGain: NdArray
  cellBias: NdArray
}

/**
 * Layer-normalised LSTM in the form of TensorFlow's LayerNormBasicLSTMCell: each gate is normalised by itself,
 * and the memory is carried on normalised.
 */
export function lstmLayerNormPerGate(
  options: LayerNormOptions,
): GatedCell<LayerNormPerGateParameters, LstmState> {
  const { inputSize, hidden, epsilon = 1e-5 } = options
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['i', 'f', 'g', 'o'],
    hasCandidate: true,
    init(key, dtype = 'float32') {
      const shapes = { input: [inputSize, 4 * hidden], recurrent: [hidden, 4 * hidden], bias: [4 * hidden] }
      const drawn = uniformParameters(key, dtype, options, shapes)
      return {
        ...drawn,
        bias: withGateBias(drawn.bias, 1, hidden, options.forgetBias),
        gain: ones(4 * hidden, dtype),
        cellGain: ones(hidden, dtype),
        cellBias: filled([hidden], 0, dtype),
      }
    },
    step({ input, recurrent, bias, gain, cellGain, cellBias }, { h, c }, x, noise = NO_NOISE) {
      const products = add(noise.input(x, input), noise.recurrent(h, recurrent))
      const rows = standardize(reshape(products, [-1, 4, hidden]), -1, epsilon) // (batch, gate, hidden)
      const gates = add(mul(reshape(rows, products.shape), gain), bias)
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const sum = add(mul(sigmoid(f), c), mul(sigmoid(i), noise.candidate(tanh(g))))
      const cell = add(mul(standardize(sum, -1, epsilon), cellGain), cellBias)
      const next = mul(sigmoid(o), tanh(cell))
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm-layer-norm-per-gate`. */
export const lstmLayerNormPerGateComponent = describeCellFunction(
  'lstm-layer-norm-per-gate',
  "LSTM with each gate normalised by itself (TensorFlow's LayerNormBasicLSTMCell)",
  layerNormConfig,
  lstmLayerNormPerGate,
)
