import { add, mul, sigmoid, split, sub, type Tensor, tanh } from '@elman/core'
import { describeCellFunction, type ForgetOptions, forgetConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters, withGateBias } from './initial-values.ts'
import type { LstmParameters, LstmState } from './lstm.ts'

/**
 * LSTM with coupled gates, i = 1 − f (CIFG of Greff et al. 2015).
 * Parameters as {@link LstmParameters} with three gates: f, g, o.
 */
export function lstmCoupled(options: ForgetOptions): GatedCell<LstmParameters, LstmState> {
  const { inputSize, hidden } = options
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['f', 'g', 'o'],
    hasCandidate: true,
    init(key, dtype = 'float32') {
      const shapes = { input: [inputSize, 3 * hidden], recurrent: [hidden, 3 * hidden], bias: [3 * hidden] }
      const drawn = uniformParameters(key, dtype, options, shapes)
      return { ...drawn, bias: withGateBias(drawn.bias, 0, hidden, options.forgetBias) }
    },
    step({ input, recurrent, bias }, { h, c }, x, noise = NO_NOISE) {
      const gates = add(add(noise.input(x, input), bias), noise.recurrent(h, recurrent))
      const [f, g, o] = split(gates, 3, -1) as [Tensor, Tensor, Tensor]
      const keep = sigmoid(f)
      const cell = add(mul(keep, c), mul(sub(1, keep), noise.candidate(tanh(g)))) // c' = f ⊙ c + (1 − f) ⊙ g
      const next = mul(sigmoid(o), tanh(cell))
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm-coupled`. */
export const lstmCoupledComponent = describeCellFunction(
  'lstm-coupled',
  'LSTM with coupled input and forget gates (Greff et al. 2015)',
  forgetConfig,
  lstmCoupled,
)
