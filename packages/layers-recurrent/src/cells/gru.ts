import { add, mul, type NdArray, sigmoid, split, sub, type Tensor, tanh } from '@elman/core'
import { type CellOptions, cellConfig, describeCellFunction } from './cell-options.ts'
import type { ElmanState } from './elman.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters } from './initial-values.ts'

/**
 * input (input, 3·hidden), recurrent (hidden, 3·hidden), bias (3·hidden) with gates r, z, n as in PyTorch;
 * recurrentBias (hidden) belongs to h's part of n, which the reset gate scales.
 */
export type GruParameters = { input: NdArray; recurrent: NdArray; bias: NdArray; recurrentBias: NdArray }

/** GRU whose reset gate acts after the recurrent product, as in cuDNN and PyTorch. */
export function gru(options: CellOptions): GatedCell<GruParameters, ElmanState> {
  const { inputSize, hidden } = options
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden] },
    recurrentWeights: ['recurrent'],
    gates: ['r', 'z', 'n'],
    hasCandidate: true,
    init: (key, dtype = 'float32') =>
      uniformParameters(key, dtype, options, {
        input: [inputSize, 3 * hidden],
        recurrent: [hidden, 3 * hidden],
        bias: [3 * hidden],
        recurrentBias: [hidden],
      }),
    step({ input, recurrent, bias, recurrentBias }, { h }, x, noise = NO_NOISE) {
      const fromInput = add(noise.input(x, input), bias)
      const [xr, xz, xn] = split(fromInput, 3, -1) as [Tensor, Tensor, Tensor]
      const [hr, hz, hn] = split(noise.recurrent(h, recurrent), 3, -1) as [Tensor, Tensor, Tensor]
      const r = sigmoid(add(xr, hr))
      const z = sigmoid(add(xz, hz))
      const n = noise.candidate(tanh(add(xn, mul(r, add(hn, recurrentBias)))))
      const next = add(mul(z, h), mul(sub(1, z), n)) // h' = z ⊙ h + (1 − z) ⊙ n
      return { state: { h: next }, output: next }
    },
  }
}

/** Registry entry `gru`. */
export const gruComponent = describeCellFunction(
  'gru',
  'GRU with the reset gate after the recurrent product, as in PyTorch',
  cellConfig,
  gru,
)
