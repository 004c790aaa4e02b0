import { add, mul, type NdArray, sigmoid, split, sub, type Tensor, tanh } from '@elman/core'
import { type CellOptions, cellConfig, describeCellFunction } from './cell-options.ts'
import type { ElmanState } from './elman.ts'
import { type GatedCell, NO_NOISE } from './gated-cell.ts'
import { uniformParameters } from './initial-values.ts'

/** input (input, 3·hidden), recurrent (hidden, 3·hidden), bias (3·hidden); gates r, z, n. */
export type GruResetBeforeParameters = { input: NdArray; recurrent: NdArray; bias: NdArray }

/** GRU whose reset gate acts on h before the product (Cho et al. 2014, equations 5-8, with one bias per gate). */
export function gruResetBefore(options: CellOptions): GatedCell<GruResetBeforeParameters, ElmanState> {
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
      }),
    step({ input, recurrent, bias }, { h }, x, noise = NO_NOISE) {
      const fromInput = add(noise.input(x, input), bias)
      const [xr, xz, xn] = split(fromInput, 3, -1) as [Tensor, Tensor, Tensor]
      const [gateWeights, candidateWeights] = split(recurrent, [2 * hidden, hidden], 1) as [Tensor, Tensor]
      const [hr, hz] = split(noise.recurrent(h, gateWeights, [0, 1]), 2, -1) as [Tensor, Tensor]
      const r = sigmoid(add(xr, hr))
      const z = sigmoid(add(xz, hz))
      const n = noise.candidate(tanh(add(xn, noise.recurrent(mul(r, h), candidateWeights, [2]))))
      const next = add(mul(z, h), mul(sub(1, z), n)) // h' = z ⊙ h + (1 − z) ⊙ n
      return { state: { h: next }, output: next }
    },
  }
}

/** Registry entry `gru-reset-before`. */
export const gruResetBeforeComponent = describeCellFunction(
  'gru-reset-before',
  'GRU with the reset gate before the recurrent product (Cho et al. 2014)',
  cellConfig,
  gruResetBefore,
)
