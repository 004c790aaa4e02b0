import {
  add,
  broadcastTo,
  type Cell,
  exp,
  expandDims,
  matmul,
  mul,
  neg,
  random,
  silu,
  softplus,
  split,
  type Tensor,
} from '@elman/core'
import { z } from 'zod'
import { describeCellFunction } from '../cells/cell-options.ts'
import { ones, uniformParameters } from '../cells/initial-values.ts'
import { checkHeads, fromHeads, intoHeads, rootMeanSquareOne } from './heads.ts'
import {
  initialLogRate,
  initialStepBias,
  type MatrixCellOptions,
  type MatrixCellParameters,
  type MatrixCellState,
  matrixCell,
  matrixCellConfig,
} from './matrix-cell.ts'

/** Options of {@link mamba2}. */
export interface Mamba2Options extends Omit<MatrixCellOptions, 'keySize'> {
  /** Numbers that each feature's state has (the size of B and C, which the heads share); 16 unless given. */
  readonly stateSize?: number | undefined
}

/**
 * Mamba-2 (Dao & Gu 2024), a state space with one decay a head: u, B, C = silu(x W) (convolved before, if asked),
 * Δ = softplus(x W_Δ + b), S' = exp(−exp(rate) Δ) S + Δ B uᵀ, y = S'ᵀC + D u, output RMSNorm(y ⊙ silu(x W_z)).
 * The block's last product is that of the layer above.
 *
 * Parameters: input (input, hidden + 2 · stateSize), outputGate (input, hidden), fade (input, heads), fadeBias, logRate,
 * skip (heads), gain (hidden). Kernel and kernelBias with a convolution. State `memory` (batch, heads, stateSize,
 * hidden / heads).
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function mamba2(options: Mamba2Options): Cell<MatrixCellParameters, MatrixCellState> {
  const { inputSize, hidden, heads = 1, stateSize = 16 } = options
  checkHeads('mamba-2', hidden, heads)
  const shared = (x: Tensor) =>
    broadcastTo(expandDims(x, -2), [...x.shape.slice(0, -1), heads, x.shape.at(-1)!])
  return matrixCell({
    options: { ...options, keySize: stateSize },
    keySize: stateSize,
    features: hidden + 2 * stateSize,
    init: (key, dtype) => ({
      ...uniformParameters(key, dtype, options, {
        outputGate: [inputSize, hidden],
        fade: [inputSize, heads],
      }),
      fadeBias: initialStepBias(random.foldIn(key, 'fadeBias'), heads, dtype),
      logRate: initialLogRate(random.foldIn(key, 'logRate'), heads, dtype),
      skip: ones(heads, dtype),
      gain: ones(hidden, dtype),
    }),
    access(p, mixed, x) {
      const [u, b, c] = split(mixed, [hidden, stateSize, stateSize], -1) as [Tensor, Tensor, Tensor]
      const step = softplus(add(matmul(x, p.fade!), p.fadeBias!)) // Δ (..., heads)
      return {
        queries: shared(c),
        keys: mul(shared(b), expandDims(step, -1)),
        values: intoHeads(u, heads),
        logDecay: neg(mul(exp(p.logRate!), step)),
      }
    },
    output(p, read, x, { values }) {
      const y = fromHeads(add(read, mul(values, expandDims(p.skip!, -1))))
      return mul(rootMeanSquareOne(mul(y, silu(matmul(x, p.outputGate!)))), p.gain!)
    },
  })
}

const { keySize: _, ...entries } = matrixCellConfig.shape

/** Registry entry `mamba-2`. */
export const mamba2Component = describeCellFunction(
  'mamba-2',
  'Mamba-2: a state space with one decay a head (Dao & Gu 2024)',
  z.strictObject({
    ...entries,
    stateSize: z.int().positive().default(16).describe("numbers that each feature's state has"),
  }),
  mamba2,
)
