import { add, mul, type NdArray, sigmoid, split, type Tensor, tanh } from '@elman/core'
import { describeCellFunction, type ForgetOptions, forgetConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters, withGateBias } from './initial-values.ts'

/** input (input, 4·hidden), recurrent (hidden, 4·hidden), bias (4·hidden); gates i, f, g, o as in PyTorch. */
export type LstmParameters = { input: NdArray; recurrent: NdArray; bias: NdArray }
/** h and c, each (batch, hidden). */
export type LstmState = { h: Tensor; c: Tensor }

/** LSTM (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000). */
export function lstm(options: ForgetOptions): GatedCell<LstmParameters, LstmState> {
  const { inputSize, hidden } = options
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
      return { ...drawn, bias: withGateBias(drawn.bias, 1, hidden, options.forgetBias) }
    },
    step({ input, recurrent, bias }, { h, c }, x, noise = NO_NOISE) {
      const gates = add(add(noise.input(x, input), bias), noise.recurrent(h, recurrent))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const candidate = noise.candidate(tanh(g))
      const cell = add(mul(sigmoid(f), c), mul(sigmoid(i), candidate)) // c' = f ⊙ c + i ⊙ g
      const next = mul(sigmoid(o), tanh(cell)) // h' = o ⊙ tanh(c')
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm`. */
export const lstmComponent = describeCellFunction(
  'lstm',
  'LSTM with forget gate (Hochreiter & Schmidhuber 1997, Gers et al. 2000)',
  forgetConfig,
  lstm,
)
