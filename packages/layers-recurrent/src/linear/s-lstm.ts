import {
  abs,
  add,
  type Cell,
  div,
  equal,
  exp,
  filled,
  logSigmoid,
  matmul,
  maximum,
  mul,
  type NdArray,
  reshape,
  select,
  sigmoid,
  split,
  sub,
  type Tensor,
  tanh,
  transpose,
} from '@elman/core'
import { z } from 'zod'
import { describeCellFunction, type ForgetOptions, forgetConfig } from '../cells/cell-options.ts'
import { uniformParameters, withGateBias } from '../cells/initial-values.ts'
import { NOTHING } from './algebra.ts'
import { blockProduct, checkHeads } from './heads.ts'

/** Options of {@link sLstm}. */
export interface SLstmOptions extends ForgetOptions {
  /** Blocks of the recurrent matrix; 1 unless given. */
  readonly heads?: number | undefined
  /** f = σ(f̃) (the default) or exp(f̃). */
  readonly forgetGate?: 'sigmoid' | 'exponential' | undefined
}

/**
 * input (input, 4·hidden), bias (4·hidden): gates i, f, z, o; recurrent (heads, hidden / heads, 4·hidden / heads), each
 * head's columns in the same order.
 */
export type SLstmParameters = { input: NdArray; recurrent: NdArray; bias: NdArray }
/** Each (batch, hidden): h; memory c and normaliser n, both divided by eᵐ; stabiliser m. */
export type SLstmState = { h: Tensor; c: Tensor; n: Tensor; m: Tensor }

/**
 * sLSTM (Beck et al. 2024): an LSTM with exponential input gate and normalised memory. Its gates see h, so there is no
 * parallel form. m' = max(ln f + m, ĩ), ĩ where nothing is remembered, i = exp(ĩ − m'), f = exp(ln f + m − m'),
 * c' = f ⊙ c + i ⊙ tanh(z̃), n' = f ⊙ n + i, h' = σ(õ) ⊙ c' / n'. The recurrent matrix starts at 0, as in the
 * authors' code.
 *
 * @throws `HEADS_DO_NOT_DIVIDE`
 */
export function sLstm(options: SLstmOptions): Cell<SLstmParameters, SLstmState> {
  const { inputSize, hidden, heads = 1, forgetGate = 'sigmoid' } = options
  checkHeads('s-lstm', hidden, heads)
  const size = hidden / heads
  return {
    inputSize,
    outputSize: hidden,
    stateShapes: { h: [hidden], c: [hidden], n: [hidden], m: [hidden] },
    recurrentWeights: ['recurrent'],
    init(key, dtype = 'float32') {
      const shapes = { input: [inputSize, 4 * hidden], bias: [4 * hidden] }
      const drawn = uniformParameters(key, dtype, options, shapes)
      return {
        input: drawn.input,
        recurrent: filled([heads, size, 4 * size], 0, dtype),
        bias: withGateBias(drawn.bias, 1, hidden, options.forgetBias),
      }
    },
    step({ input, recurrent, bias }, { h, c, n, m }, x) {
      const gates = add(add(matmul(x, input), bias), byGate(blockProduct(h, recurrent)))
      const [i, f, z, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor]
      const logForget = forgetGate === 'sigmoid' ? logSigmoid(f) : f
      const kept = select(equal(n, 0), NOTHING, add(logForget, m))
      const peak = maximum(kept, i)
      const [writes, keeps] = [exp(sub(i, peak)), exp(sub(kept, peak))]
      const cell = add(mul(keeps, c), mul(writes, tanh(z)))
      const norm = add(mul(keeps, n), writes)
      const next = mul(sigmoid(o), div(cell, maximum(abs(norm), SMALLEST)))
      return { state: { h: next, c: cell, n: norm, m: peak }, output: next }
    },
  }
}

/** n is positive and not below this in any dtype; a state that was never stepped to may hold anything. */
const SMALLEST = 1e-30

/** (batch, heads, 4 · size) as (batch, 4 · heads · size). */
function byGate(x: Tensor): Tensor {
  const [batch, heads, columns] = x.shape as [number, number, number]
  if (heads === 1) return reshape(x, [batch, columns])
  const cut = transpose(reshape(x, [batch, heads, 4, columns / 4]), [0, 2, 1, 3])
  return reshape(cut, [batch, heads * columns])
}

/** Registry entry `s-lstm`. */
export const sLstmComponent = describeCellFunction(
  's-lstm',
  'sLSTM: exponential gates and a normalised memory (Beck et al. 2024, xLSTM)',
  forgetConfig.extend({
    heads: z.int().positive().default(1).describe('blocks of the recurrent matrix'),
    forgetGate: z.enum(['sigmoid', 'exponential']).default('sigmoid').describe('σ or exp'),
  }),
  sLstm,
)
