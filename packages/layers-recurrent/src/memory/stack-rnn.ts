/**
 * Stack-RNN as in Delétang et al. (2023), with a plain controller:
 *
 *     r = S[0]                                     the top before this step
 *     h' = g(x W + r V + h U + b)                  g: tanh or a rectifier
 *     (push, pop, noop) = softmax(h' A + a)
 *     v = h' P + p                                 not squashed
 *     S' = push · [v; S] + pop · S[1:] + noop · S  zeros enter at the bottom
 *     output h'
 *
 * Several stacks have a softmax each. The paper's code takes one softmax over all actions of all stacks, which lets
 * stacks fade as soon as there are two: `actionSoftmax: 'together'` does so.
 */
import { add, matmul, reshape, type Tensor } from '@elman/core'
import { z } from 'zod'
import { describeCellFunction } from '../cells/cell-options.ts'
import { plainController } from './controller.ts'
import {
  type ActionSoftmax,
  type Memory,
  type MemoryCell,
  type MemoryOptions,
  memoryCell,
  memoryConfig,
} from './memory-cell.ts'
import { STACK_ACTIONS, stackAfter, topOf } from './stack.ts'

/** How many stacks there are and how their actions are weighed. */
export interface StackOptions extends MemoryOptions {
  /** Stacks side by side; 1 unless given. */
  readonly stacks?: number | undefined
  /** One softmax for the actions of each stack, unless `together`. */
  readonly actionSoftmax?: ActionSoftmax | undefined
}

/** Options of {@link stackRnn}. */
export interface StackRnnOptions extends StackOptions {
  /** The function that makes h; tanh unless given. */
  readonly controller?: 'tanh' | 'relu' | undefined
}

/** Schema of {@link StackOptions}. */
export const stackConfig = memoryConfig.extend({
  stacks: z.int().positive().default(1).describe('stacks side by side'),
  actionSoftmax: z
    .enum(['each', 'together'])
    .default('each')
    .describe("a softmax for each stack's actions, or one over the actions of all, as in Delétang's code"),
})

/**
 * Stack-RNN. State h (batch, hidden), stack (batch, stacks, capacity, cellSize) with the top first. Parameters: those
 * of the plain controller (input, read, recurrent, bias), action (hidden, stacks · 3), actionBias, push (hidden,
 * stacks · cellSize), pushBias.
 *
 * @throws `MEMORY_CAPACITY_INVALID`
 */
export function stackRnn(options: StackRnnOptions): MemoryCell {
  const { inputSize, hidden, stacks = 1, cellSize = 8, controller = 'tanh' } = options
  return memoryCell({
    options,
    controller: plainController({ inputSize, hidden, readSize: stacks * cellSize }, controller),
    actionNames: STACK_ACTIONS,
    memories: stacks,
    softmax: options.actionSoftmax,
    memory: capacity => linearStacks(options, capacity),
  })
}

/** Stacks that show their tops and take a linear map of h. */
export function linearStacks({ hidden, stacks = 1, cellSize = 8 }: StackOptions, capacity: number): Memory {
  return {
    stateShapes: { stack: [stacks, capacity, cellSize] },
    parameters: {
      push: { shape: [hidden, stacks * cellSize], fanIn: hidden },
      pushBias: { shape: [stacks * cellSize], fanIn: hidden },
    },
    read: ({ stack }) => topOf(stack!),
    write(p, { stack }, h: Tensor, actions) {
      const pushed = reshape(add(matmul(h, p.push!), p.pushBias!), [-1, stacks, cellSize])
      return { stack: stackAfter(stack!, pushed, actions) }
    },
  }
}

/** Registry entry `stack-rnn`. */
export const stackRnnComponent = describeCellFunction(
  'stack-rnn',
  'plain cell that controls differentiable stacks (Joulin & Mikolov 2015, as in Delétang et al. 2023)',
  stackConfig.extend({
    controller: z
      .enum(['tanh', 'relu'])
      .default('tanh')
      .describe("the function that makes the controller's h"),
  }),
  stackRnn,
)
