import { add, minimum, mul, type NdArray, sigmoid, split, sub, type Tensor, tanh } from '@elman/core'
import { z } from 'zod'
import { describeCellFunction, type ForgetOptions, forgetConfig } from './cell-options.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters, withGateBias } from './initial-values.ts'

/** Options of {@link lstm}. */
export interface LstmOptions extends ForgetOptions {
  /** Whether the input gate is at most 1 − f, so that |c| stays below 1 (Melis et al. 2018); false unless given. */
  readonly capInputGate?: boolean | undefined
  /**
   * Whether there is a second bias, `recurrentBias`, as in PyTorch and cuDNN; false unless given. The function is the
   * same, but the two are drawn, decayed and moved apart: under gradient descent their sum moves twice as fast.
   */
  readonly recurrentBias?: boolean | undefined
}

/**
 * input (input, 4·hidden), recurrent (hidden, 4·hidden), bias (4·hidden), with option `recurrentBias` also
 * recurrentBias (4·hidden); gates i, f, g, o as in PyTorch.
 */
export type LstmParameters = { input: NdArray; recurrent: NdArray; bias: NdArray; recurrentBias?: NdArray }

/** h and c, each (batch, hidden). */
export type LstmState = { h: Tensor; c: Tensor }

/** LSTM (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000). */
export function lstm(options: LstmOptions): GatedCell<LstmParameters, LstmState> {
  const { inputSize, hidden, capInputGate = false, recurrentBias: twoBiases = false } = options
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
      const bias = withGateBias(drawn.bias, 1, hidden, options.forgetBias)
      const second = twoBiases ? uniformParameters(key, dtype, options, { recurrentBias: [4 * hidden] }) : {}
      return { ...drawn, bias, ...second }
    },
    step({ input, recurrent, bias, recurrentBias }, { h, c }, x, noise = NO_NOISE) {
      const offset = recurrentBias === undefined ? bias : add(bias, recurrentBias)
      const gates = add(add(noise.input(x, input), offset), noise.recurrent(h, recurrent))
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const keep = sigmoid(f)
      const write = capInputGate ? minimum(sigmoid(i), sub(1, keep)) : sigmoid(i)
      const candidate = noise.candidate(tanh(g))
      const cell = add(mul(keep, c), mul(write, candidate)) // c' = f ⊙ c + i ⊙ g
      const next = mul(sigmoid(o), tanh(cell)) // h' = o ⊙ tanh(c')
      return { state: { h: next, c: cell }, output: next }
    },
  }
}

/** Registry entry `lstm`. */
export const lstmComponent = describeCellFunction(
  'lstm',
  'LSTM with forget gate (Hochreiter & Schmidhuber 1997, Gers et al. 2000)',
  forgetConfig.extend({
    capInputGate: z
      .boolean()
      .default(false)
      .describe('whether the input gate is at most 1 − f (Melis et al. 2018)'),
    recurrentBias: z
      .boolean()
      .default(false)
      .describe('whether there are two biases, as in PyTorch and cuDNN'),
  }),
  lstm,
)
