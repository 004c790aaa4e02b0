/**
 * A diagonal linear recurrence with eigenvalues from the input, the smallest net in which their range decides what can
 * be tracked: parity needs a negative one (Sarrof et al. 2024, Grazzi et al. 2025).
 */
import {
  add,
  type Cell,
  matmul,
  mul,
  type NdArray,
  sigmoid,
  split,
  sub,
  type Tensor,
  type Traced,
} from '@elman/core'
import { z } from 'zod'
import { type CellOptions, cellConfig, describeCellFunction } from '../cells/cell-options.ts'
import type { ElmanState } from '../cells/elman.ts'
import { uniformParameters } from '../cells/initial-values.ts'
import { elementCell } from './element-cell.ts'
import { type FormOptions, formEntries } from './form.ts'

/** Options of {@link diagonal}. */
export interface DiagonalOptions extends CellOptions, FormOptions {
  /** Where the eigenvalues lie: (0, 1), or (−1, 1), in which a state can change its sign; (0, 1) unless given. */
  readonly eigenvalues?: 'zero-one' | 'minus-one-one' | undefined
  /** Whether a gate that sees x multiplies the output; true unless given. */
  readonly outputGate?: boolean | undefined
}

/** input (input, 2·hidden) and bias (2·hidden), columns a, b; with an output gate gate (input, hidden), gateBias (hidden). */
export type DiagonalParameters = { input: NdArray; bias: NdArray; gate?: NdArray; gateBias?: NdArray }

/**
 * Diagonal linear recurrence: h' = a ⊙ h + b with a = σ(x W_a + b_a), or a = 2 σ(x W_a + b_a) − 1 for `minus-one-one`,
 * and b = x W_b + b_b. Output o ⊙ h' with o = σ(x W_o + b_o), or h' without the gate. State h (batch, hidden).
 */
export function diagonal(options: DiagonalOptions): Cell<DiagonalParameters, ElmanState> {
  const { inputSize, hidden, eigenvalues = 'zero-one', outputGate = true } = options
  const gateShapes = { gate: [inputSize, hidden], gateBias: [hidden] }
  const recurrence = elementCell<DiagonalParameters>({
    ...options,
    init: (key, dtype) => ({
      ...uniformParameters(key, dtype, options, { input: [inputSize, 2 * hidden], bias: [2 * hidden] }),
      ...(outputGate && uniformParameters(key, dtype, options, gateShapes)),
    }),
    coefficients({ input, bias }, x) {
      const [a, b] = split(add(matmul(x, input), bias), 2, -1) as [Tensor, Tensor]
      const decay = sigmoid(a)
      return { decay: eigenvalues === 'zero-one' ? decay : sub(mul(decay, 2), 1), input: b }
    },
  })
  if (!outputGate) return recurrence
  const gated = ({ gate, gateBias }: Traced<DiagonalParameters>, x: Tensor, h: Tensor) =>
    mul(sigmoid(add(matmul(x, gate!), gateBias!)), h)
  return {
    ...recurrence,
    step(parameters, before, x) {
      const { state, output } = recurrence.step(parameters, before, x)
      return { state, output: gated(parameters, x, output) }
    },
    sequence(parameters, before, xs, marks) {
      const result = recurrence.sequence?.(parameters, before, xs, marks)
      return result && { state: result.state, outputs: gated(parameters, xs, result.outputs) }
    },
  }
}

/** Registry entry `diagonal`. */
export const diagonalComponent = describeCellFunction(
  'diagonal',
  'diagonal linear recurrence whose eigenvalues, from the input, lie in (0, 1) or in (−1, 1)',
  cellConfig.extend({
    eigenvalues: z
      .enum(['zero-one', 'minus-one-one'])
      .default('zero-one')
      .describe('where the eigenvalues lie: in (0, 1), or in (−1, 1), in which a state can change its sign'),
    outputGate: z.boolean().default(true).describe('whether a gate that sees x multiplies the output'),
    ...formEntries,
  }),
  diagonal,
)
