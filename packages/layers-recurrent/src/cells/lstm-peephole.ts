import { add, mul, type NdArray, sigmoid, split, type Tensor, tanh } from '@elman/core'
import { describeCellFunction, type ForgetOptions, forgetConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters, withGateBias } from './initial-values.ts'
import type { LstmParameters, LstmState } from './lstm.ts'

/** As {@link LstmParameters}, and a weight (hidden) from the memory to each of the gates i, f, o. */
export type PeepholeParameters = LstmParameters & {
  peepholeI: NdArray
  peepholeF: NdArray
  peepholeO: NdArray
}

/** LSTM whose gates see the memory (Gers & Schmidhuber 2000, in the form of Graves 2013). */
export function lstmPeephole(options: ForgetOptions): GatedCell<PeepholeParameters, LstmState> {
  const { inputSize, hidden } = options
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['i', 'f', 'g', 'o'],
    hasCandidate: true,
    init(key, dtype = 'float32') {
      const drawn = uniformParameters(key, dtype, options, {
        input: [inputSize, 4 * hidden],
        recurrent: [hidden, 4 * hidden],
        bias: [4 * hidden],
        peepholeI: [hidden],
        peepholeF: [hidden],
        peepholeO: [hidden],
      })
      return { ...drawn, bias: withGateBias(drawn.bias, 1, hidden, options.forgetBias) }
    },
    step({ input, recurrent, bias, peepholeI, peepholeF, peepholeO }, { h, c }, x, noise = NO_NOISE) {
      const gates = add(add(noise.input(x, input), bias), noise.recurrent(h, recurrent))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const write = sigmoid(add(i, mul(c, peepholeI)))
      const keep = sigmoid(add(f, mul(c, peepholeF)))
      const cell = add(mul(keep, c), mul(write, noise.candidate(tanh(g))))
      const next = mul(sigmoid(add(o, mul(cell, peepholeO))), tanh(cell)) // o sees the new memory
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm-peephole`. */
export const lstmPeepholeComponent = describeCellFunction(
  'lstm-peephole',
  'LSTM whose gates see the memory (Gers & Schmidhuber 2000, Graves 2013)',
  forgetConfig,
  lstmPeephole,
)
