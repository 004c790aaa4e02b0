/**
 * The stack network of Joulin & Mikolov (2015): logistic units, several stacks of scalars, and, as in their main
 * setting, no memory but the stacks. With r the top k cells of every stack before this step:
 *
 *     h' = σ(x W + r V + b)                        with `recurrent`: + h U
 *     (push, pop, noop) = softmax(h' A + a)        for each stack; without `noop` two actions
 *     v = σ(h' P + p)
 *     S'[0] = push v + pop S[1] + noop S[0],  S'[i] = push S[i−1] + pop S[i+1] + noop S[i]
 *     output h'
 *
 * Below the bottom lies the empty value (−1 in the paper), so that an empty stack can be seen. The state holds S − empty:
 * it is zero where the stack is empty, as the start of a sequence has to be.
 */
import { add, matmul, reshape, sigmoid, sub } from '@elman/core'
import { z } from 'zod'
import { describeCellFunction } from '../cells/cell-options.ts'
import { plainController } from './controller.ts'
import { type Memory, type MemoryCell, memoryCell, memoryConfig } from './memory-cell.ts'
import { STACK_ACTIONS, stackAfter, topOf } from './stack.ts'
import { type StackOptions, stackConfig } from './stack-rnn.ts'

/** Options of {@link superpositionStack}; a cell is one number unless `cellSize` is given, and there are 10 stacks. */
export interface SuperpositionStackOptions extends StackOptions {
  /** Cells of each stack that the controller sees; 2 unless given. */
  readonly depth?: number | undefined
  /** What lies below the bottom; −1 unless given. */
  readonly emptyValue?: number | undefined
  /** Whether a stack may be left as it is; true unless given. */
  readonly noop?: boolean | undefined
  /** Whether h' depends on h as well; false unless given. */
  readonly recurrent?: boolean | undefined
}

/**
 * The network of Joulin & Mikolov. State h (batch, hidden), stack (batch, stacks, capacity, cellSize), the top first,
 * less the empty value. Parameters: input (input, hidden), read (stacks · depth · cellSize, hidden), with option
 * `recurrent` recurrent (hidden, hidden), bias; action (hidden, stacks · actions), actionBias; push (hidden, stacks ·
 * cellSize), pushBias.
 *
 * @throws `MEMORY_CAPACITY_INVALID`
 */
export function superpositionStack(options: SuperpositionStackOptions): MemoryCell {
  const { inputSize, hidden, stacks = 10, cellSize = 1, depth = 2, noop = true, recurrent = false } = options
  const sizes = { inputSize, hidden, readSize: depth * stacks * cellSize }
  return memoryCell({
    options,
    controller: plainController(sizes, 'sigmoid', recurrent),
    actionNames: noop ? STACK_ACTIONS : STACK_ACTIONS.slice(0, 2),
    memories: stacks,
    softmax: options.actionSoftmax,
    memory: capacity => logisticStacks({ ...options, stacks, cellSize, depth }, capacity),
  })
}

function logisticStacks(
  {
    hidden,
    stacks,
    cellSize,
    depth,
    emptyValue = -1,
  }: SuperpositionStackOptions & { stacks: number; cellSize: number; depth: number },
  capacity: number,
): Memory {
  return {
    stateShapes: { stack: [stacks, Math.max(capacity, depth), cellSize] },
    parameters: {
      push: { shape: [hidden, stacks * cellSize], fanIn: hidden },
      pushBias: { shape: [stacks * cellSize], fanIn: hidden },
    },
    read: ({ stack }) => add(topOf(stack!, depth), emptyValue),
    write(p, { stack }, h, actions) {
      const pushed = sub(sigmoid(add(matmul(h, p.push!), p.pushBias!)), emptyValue)
      return { stack: stackAfter(stack!, reshape(pushed, [-1, stacks, cellSize]), actions) }
    },
  }
}

/** Registry entry `superposition-stack`. */
export const superpositionStackComponent = describeCellFunction(
  'superposition-stack',
  'logistic units without recurrence that control stacks of numbers (Joulin & Mikolov 2015)',
  stackConfig.extend({
    stacks: z.int().positive().default(10).describe('stacks side by side'),
    cellSize: memoryConfig.shape.cellSize.unwrap().default(1).describe('numbers in a memory cell'),
    depth: z.int().positive().default(2).describe('cells of each stack that the controller sees'),
    emptyValue: z.number().default(-1).describe('what lies below the bottom'),
    noop: z.boolean().default(true).describe('whether a stack may be left as it is'),
    recurrent: z.boolean().default(false).describe('whether h depends on the last h as well'),
  }),
  superpositionStack,
)
