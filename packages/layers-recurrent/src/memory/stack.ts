/**
 * The stack of Joulin & Mikolov (2015), several side by side. With S[0] the top, and zeros below the bottom,
 *
 *     S'[0] = push v + pop S[1] + noop S[0],   S'[i] = push S[i−1] + pop S[i+1] + noop S[i]
 *
 * As each is linear in S, the stack holds exactly what a stack that draws its actions holds on average.
 */
import { add, concat, expandDims, mul, pad, reshape, sliceAxis, type Tensor } from '@elman/core'

/** Actions in the order of their weights. */
export const STACK_ACTIONS = ['push', 'pop', 'noop'] as const

/** The top `depth` cells of stacks (batch, capacity, stacks, cellSize) side by side: (batch, depth · stacks · cellSize). */
export function topOf(stacks: Tensor, depth = 1): Tensor {
  const [batch, capacity, ...cell] = stacks.shape as [number, number, number, number]
  const width = cell.reduce((a, b) => a * b, 1)
  const seen = Math.min(depth, capacity)
  const top = reshape(sliceAxis(stacks, 1, 0, seen), [batch, seen * width])
  return seen === depth ? top : pad(top, [0, 0], [0, (depth - seen) * width])
}

/**
 * Stacks after a step.
 *
 * @param stacks (batch, capacity, stacks, cellSize)
 * @param pushed (batch, stacks, cellSize)
 * @param actions (batch, stacks, actions): push, pop and, unless there are two, noop
 */
export function stackAfter(stacks: Tensor, pushed: Tensor, actions: Tensor): Tensor {
  const capacity = stacks.shape[1]!
  const weight = (action: number) => expandDims(sliceAxis(actions, 2, action, action + 1), 1) // (batch, 1, stacks, 1)
  const down = concat([expandDims(pushed, 1), sliceAxis(stacks, 1, 0, capacity - 1)].slice(0, capacity), 1)
  const up = shiftedToFront(stacks)
  const moved = add(mul(weight(0), down), mul(weight(1), up))
  return actions.shape[2] === 2 ? moved : add(moved, mul(weight(2), stacks))
}

/** Cells (batch, capacity, ...) one place nearer to the front, which is lost; a zero follows the last. */
export function shiftedToFront(cells: Tensor): Tensor {
  const capacity = cells.shape[1]!
  if (capacity === 1) return mul(cells, 0)
  const none = cells.shape.map(() => 0)
  return pad(sliceAxis(cells, 1, 1), none, none.with(1, 1))
}
