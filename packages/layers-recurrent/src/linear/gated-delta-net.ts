import { add, type Cell, exp, matmul, mul, neg, random, sigmoid, silu, softplus, split } from '@elman/core'
import { describeCellFunction } from '../cells/cell-options.ts'
import { ones, uniformParameters } from '../cells/initial-values.ts'
import { checkHeads, fromHeads, intoHeads, rootMeanSquareOne, unitLength } from './heads.ts'
import {
  initialLogRate,
  initialStepBias,
  type MatrixCellOptions,
  type MatrixCellParameters,
  type MatrixCellState,
  matrixCell,
  matrixCellConfig,
} from './matrix-cell.ts'

/**
 * Gated DeltaNet (Yang, Kautz & Hatamizadeh 2024): with q, k, v = silu(x W) (convolved before, if asked), q and k of
 * length 1, g = −exp(rate) · softplus(x W_g + b), β = σ(x W_β),
 * S' = e^g S + k (β (v − e^g Sᵀk))ᵀ, o = S'ᵀq / √d, output RMSNorm(o) ⊙ silu(x W_o) per head.
 * The block's last product is that of the layer above.
 *
 * Parameters: input (input, 2 · heads · keySize + hidden), outputGate (input, hidden), strength (input, heads), fade
 * (input, heads), fadeBias, logRate (heads), gain (hidden / heads). Kernel and kernelBias with a convolution.
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function gatedDeltaNet(options: MatrixCellOptions): Cell<MatrixCellParameters, MatrixCellState> {
  const { inputSize, hidden, heads = 1 } = options
  checkHeads('gated-delta-net', hidden, heads)
  const keySize = options.keySize ?? hidden / heads
  return matrixCell({
    options,
    keySize,
    features: 2 * heads * keySize + hidden,
    init: (key, dtype) => ({
      ...uniformParameters(key, dtype, options, {
        outputGate: [inputSize, hidden],
        strength: [inputSize, heads],
        fade: [inputSize, heads],
      }),
      fadeBias: initialStepBias(random.foldIn(key, 'fadeBias'), heads, dtype),
      logRate: initialLogRate(random.foldIn(key, 'logRate'), heads, dtype),
      gain: ones(hidden / heads, dtype),
    }),
    access(p, mixed, x) {
      const [q, k, v] = split(mixed, [heads * keySize, heads * keySize, hidden], -1)
      return {
        queries: mul(unitLength(intoHeads(q!, heads)), 1 / Math.sqrt(keySize)),
        keys: unitLength(intoHeads(k!, heads)),
        values: intoHeads(v!, heads),
        logDecay: neg(mul(exp(p.logRate!), softplus(add(matmul(x, p.fade!), p.fadeBias!)))),
        strength: sigmoid(matmul(x, p.strength!)),
      }
    },
    output: (p, read, x) =>
      mul(fromHeads(mul(rootMeanSquareOne(read), p.gain!)), silu(matmul(x, p.outputGate!))),
  })
}

/** Registry entry `gated-delta-net`. */
export const gatedDeltaNetComponent = describeCellFunction(
  'gated-delta-net',
  'Gated DeltaNet: a matrix memory that fades and overwrites (Yang et al. 2024)',
  matrixCellConfig,
  gatedDeltaNet,
)
