import { add, filled, mul, type NdArray, sigmoid, split, standardize, type Tensor, tanh } from '@elman/core'
import { describeCellFunction, type ForgetOptions, layerNormConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { ones, uniformParameters, withGateBias } from './initial-values.ts'
import type { LstmParameters, LstmState } from './lstm.ts'

/** Options of layer-normalised cells. */
export interface LayerNormOptions extends ForgetOptions {
  /** Added to the variance; 1e-5 unless given. */
  readonly epsilon?: number | undefined
}

/** As {@link LstmParameters}, gains (4·hidden) of both products, gain and bias (hidden) of the memory. */
export type LayerNormParameters = LstmParameters & {
  inputGain: NdArray
  recurrentGain: NdArray
  cellGain: NdArray
  cellBias: NdArray
}

/**
 * Layer-normalised LSTM (Ba, Kiros & Hinton 2016, equations 20-22): each product is normalised over all four gates,
 * the memory only on its way to the output.
 */
export function lstmLayerNorm(options: LayerNormOptions): GatedCell<LayerNormParameters, LstmState> {
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
        inputGain: ones(4 * hidden, dtype),
        recurrentGain: ones(4 * hidden, dtype),
        cellGain: ones(hidden, dtype),
        cellBias: filled([hidden], 0, dtype),
      }
    },
    step({ input, recurrent, bias, ...p }, { h, c }, x, noise = NO_NOISE) {
      const normalize = (values: Tensor, gain: Tensor) => mul(standardize(values, -1, epsilon), gain)
      const fromInput = add(normalize(noise.input(x, input), p.inputGain), bias)
      const gates = add(fromInput, normalize(noise.recurrent(h, recurrent), p.recurrentGain))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), noise.candidate(tanh(g))))
      const next = mul(sigmoid(o), tanh(add(normalize(cell, p.cellGain), p.cellBias)))
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm-layer-norm`. */
export const lstmLayerNormComponent = describeCellFunction(
  'lstm-layer-norm',
  'Layer-normalised LSTM (Ba, Kiros & Hinton 2016)',
  layerNormConfig,
  lstmLayerNorm,
)
