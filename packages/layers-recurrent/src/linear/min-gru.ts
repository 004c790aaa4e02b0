import {
  add,
  type Cell,
  matmul,
  mul,
  neg,
  sigmoid,
  softplus,
  split,
  type Tensor,
  type Traced,
} from '@elman/core'
import { type CellOptions, cellConfig, describeCellFunction } from '../cells/cell-options.ts'
import type { ElmanState } from '../cells/elman.ts'
import { uniformParameters } from '../cells/initial-values.ts'
import { elementCell, type GateParameters } from './element-cell.ts'
import { type FormOptions, formEntries } from './form.ts'
import { type CandidateChoice, candidateEntries, checkCandidate, logPositive, positive } from './positive.ts'

/** Options of {@link minGru}. */
export interface MinGruOptions extends CellOptions, FormOptions, CandidateChoice {}

/**
 * minGRU (Feng et al. 2024): a GRU whose gate and candidate see x alone.
 * z = σ(x W_z + b_z), h̃ = g(x W_h + b_h), h' = (1 − z) ⊙ h + z ⊙ h̃. Parameters: columns z, h̃.
 *
 * @throws `LOG_SPACE_NEEDS_POSITIVE`
 */
export function minGru(options: MinGruOptions): Cell<GateParameters, ElmanState> {
  const { inputSize, hidden, candidate = 'positive', space = 'linear' } = options
  checkCandidate('min-gru', options)
  const gates = ({ input, bias }: Traced<GateParameters>, x: Tensor) =>
    split(add(matmul(x, input), bias), 2, -1) as [Tensor, Tensor]
  return elementCell<GateParameters>({
    ...options,
    init: (key, dtype) =>
      uniformParameters(key, dtype, options, { input: [inputSize, 2 * hidden], bias: [2 * hidden] }),
    coefficients(parameters, x) {
      const [z, h] = gates(parameters, x)
      const written = candidate === 'positive' ? positive(h) : h
      return { decay: sigmoid(neg(z)), input: mul(sigmoid(z), written) }
    },
    logarithms:
      space === 'linear'
        ? undefined
        : (parameters, x) => {
            const [z, h] = gates(parameters, x)
            return { logDecay: neg(softplus(z)), logInput: add(neg(softplus(neg(z))), logPositive(h)) }
          },
  })
}

/** Registry entry `min-gru`. */
export const minGruComponent = describeCellFunction(
  'min-gru',
  'minGRU: gate and candidate see the input alone, so that time runs in parallel (Feng et al. 2024)',
  cellConfig.extend({ ...candidateEntries, ...formEntries }),
  minGru,
)
