/**
 * Stack-LSTM as in Delétang et al. (2023): the stack of `stack-rnn`, controlled by an LSTM that sees x and the top r:
 *
 *     i, f, g, o = x W + r V + h U + b,  c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g),  h' = σ(o) ⊙ tanh(c')
 *     (push, pop, noop) = softmax(h' A + a),  v = h' P + p
 */
import { z } from 'zod'
import { describeCellFunction } from '../cells/cell-options.ts'
import { lstmController } from './controller.ts'
import { type MemoryCell, memoryCell } from './memory-cell.ts'
import { STACK_ACTIONS } from './stack.ts'
import { linearStacks, type StackOptions, stackConfig } from './stack-rnn.ts'

/** Options of {@link stackLstm}. */
export interface StackLstmOptions extends StackOptions {
  /** The forget gate's bias at the start; 1 unless given. */
  readonly forgetBias?: number | undefined
}

/**
 * Stack-LSTM. State h, c (batch, hidden), stack (batch, stacks, capacity, cellSize) with the top first. Parameters as
 * of `stack-rnn`, the controller's with 4 · hidden columns: gates i, f, g, o.
 *
 * @throws `MEMORY_CAPACITY_INVALID`
 */
export function stackLstm(options: StackLstmOptions): MemoryCell {
  const { inputSize, hidden, stacks = 1, cellSize = 8, forgetBias = 1 } = options
  return memoryCell({
    options,
    controller: lstmController({ inputSize, hidden, readSize: stacks * cellSize }, forgetBias),
    actionNames: STACK_ACTIONS,
    memories: stacks,
    softmax: options.actionSoftmax,
    memory: capacity => linearStacks(options, capacity),
  })
}

/** Registry entry `stack-lstm`. */
export const stackLstmComponent = describeCellFunction(
  'stack-lstm',
  'LSTM that controls differentiable stacks (Delétang et al. 2023)',
  stackConfig.extend({
    forgetBias: z.number().default(1).describe("the forget gate's bias at the start"),
  }),
  stackLstm,
)
