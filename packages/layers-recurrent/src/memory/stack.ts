/**
 * The stack of Joulin & Mikolov (2015), several side by side. With S[0] the top, and zeros below the bottom,
 *
 *     S'[0] = push v + pop S[1] + noop S[0],   S'[i] = push S[i−1] + pop S[i+1] + noop S[i]
 *
 * As each is linear in S, the stack holds exactly what a stack that draws its actions holds on average.
 */
import { reshape, sliceAxis, type Tensor } from '@elman/core'
import { empty, mixture } from './mixture.ts'

/** Actions in the order of their weights. */
export const STACK_ACTIONS = ['push', 'pop', 'noop'] as const

/**
 * The top cells of stacks (batch, stacks, capacity, cellSize), stack by stack: (batch, stacks · depth · cellSize).
 *
 * @param depth cells of each stack, at most its capacity
 */
export function topOf(stacks: Tensor, depth = 1): Tensor {
  return reshape(sliceAxis(stacks, 2, 0, depth), [stacks.shape[0]!, -1])
}

/**
 * Stacks after a step.
 *
 * @param stacks (batch, stacks, capacity, cellSize)
 * @param pushed (batch, stacks, cellSize)
 * @param actions (batch, stacks, actions): push, pop and, unless there are two, noop
 */
export function stackAfter(stacks: Tensor, pushed: Tensor, actions: Tensor): Tensor {
  const [batch, count, capacity, size] = stacks.shape as [number, number, number, number]
  const flat = reshape(stacks, [batch, count, capacity * size])
  const push = capacity === 1 ? [pushed] : [pushed, sliceAxis(flat, 2, 0, (capacity - 1) * size)]
  const noop = actions.shape[2] === 2 ? [] : [flat]
  return reshape(mixture(actions, [...push, ...withoutFirst(flat, size), ...noop]), stacks.shape)
}

/** Cells of `size` numbers laid out flat (batch, memories, numbers) without the first, and an empty one behind them. */
export function withoutFirst(flat: Tensor, size: number): Tensor[] {
  const rest = flat.shape[2]! === size ? [] : [sliceAxis(flat, 2, size)]
  return [...rest, empty(flat, size)]
}
