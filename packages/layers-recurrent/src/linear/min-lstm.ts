import {
  add,
  type Cell,
  logSigmoid,
  matmul,
  mul,
  neg,
  sigmoid,
  softplus,
  split,
  sub,
  type Tensor,
  type Traced,
} from '@elman/core'
import { describeCellFunction, type ForgetOptions, forgetConfig } from '../cells/cell-options.ts'
import type { ElmanState } from '../cells/elman.ts'
import { uniformParameters, withGateBias } from '../cells/initial-values.ts'
import { elementCell, type GateParameters } from './element-cell.ts'
import { type FormOptions, formEntries } from './form.ts'
import { type CandidateChoice, candidateEntries, checkCandidate, logPositive, positive } from './positive.ts'

/** Options of {@link minLstm}. */
export interface MinLstmOptions extends ForgetOptions, FormOptions, CandidateChoice {}

/**
 * minLSTM (Feng et al. 2024): f = σ(x W_f + b_f), i = σ(x W_i + b_i), normalised to f' = f / (f + i) and i' = 1 − f',
 * h̃ = g(x W_h + b_h), h' = f' ⊙ h + i' ⊙ h̃. Parameters: columns f, i, h̃.
 *
 * f' = σ(ln f − ln i), so that two closed gates still share out 1.
 *
 * @throws `LOG_SPACE_NEEDS_POSITIVE`
 */
export function minLstm(options: MinLstmOptions): Cell<GateParameters, ElmanState> {
  const { inputSize, hidden, candidate = 'positive', space = 'linear' } = options
  checkCandidate('min-lstm', options)
  const gates = ({ input, bias }: Traced<GateParameters>, x: Tensor) => {
    const [f, i, h] = split(add(matmul(x, input), bias), 3, -1) as [Tensor, Tensor, Tensor]
    return { keeps: sub(logSigmoid(f), logSigmoid(i)), h } // logit of f'
  }
  return elementCell<GateParameters>({
    ...options,
    init(key, dtype) {
      const shapes = { input: [inputSize, 3 * hidden], bias: [3 * hidden] }
      const drawn = uniformParameters(key, dtype, options, shapes)
      return { ...drawn, bias: withGateBias(drawn.bias, 0, hidden, options.forgetBias) }
    },
    coefficients(parameters, x) {
      const { keeps, h } = gates(parameters, x)
      const written = candidate === 'positive' ? positive(h) : h
      return { decay: sigmoid(keeps), input: mul(sigmoid(neg(keeps)), written) }
    },
    logarithms:
      space === 'linear'
        ? undefined
        : (parameters, x) => {
            const { keeps, h } = gates(parameters, x)
            return { logDecay: logSigmoid(keeps), logInput: sub(logPositive(h), softplus(keeps)) }
          },
  })
}

/** Registry entry `min-lstm`. */
export const minLstmComponent = describeCellFunction(
  'min-lstm',
  'minLSTM: normalised gates that see the input alone, so that time runs in parallel (Feng et al. 2024)',
  forgetConfig.extend({ ...candidateEntries, ...formEntries }),
  minLstm,
)
