/**
 * Cells with a memory that grows with the string, and what all of them share: a controller reads the memory, decides
 * by a softmax what to do with it, and the memory becomes the mixture of what each action would make of it.
 */
import {
  add,
  argMax,
  type Cell,
  type CellState,
  ElmanError,
  matmul,
  type NdArray,
  oneHot,
  reshape,
  softmax,
  type Tensor,
  type Traced,
} from '@elman/core'
import { z } from 'zod'
import type { Controller } from './controller.ts'
import { fanInParameters, type LinearShapes } from './linear-shapes.ts'

/** Parameters by name; the cells say which. */
export type MemoryParameters = { [name: string]: NdArray }

/** State parts by name; the cells say which. */
export type MemoryState = { [name: string]: Tensor }

/**
 * A cell with a memory of `capacity` cells. Parameters do not depend on the capacity: train on short strings, then
 * take {@link MemoryCell.withCapacity} for long ones. A capacity of the steps of a string, plus one, never truncates.
 */
export interface MemoryCell extends Cell<MemoryParameters, MemoryState> {
  /** Memory cells that the state has room for. */
  readonly capacity: number
  /**
   * The same cell with room for as many memory cells; the same parameters fit.
   *
   * @throws `MEMORY_CAPACITY_INVALID`
   */
  withCapacity(cells: number): MemoryCell
  /** The same cell whose memory takes the likeliest action alone; itself where it already does. No gradient enters actions. */
  readonly hard: MemoryCell
  /** Names of the actions, in the order of {@link MemoryCell.actions}. */
  readonly actionNames: readonly string[]
  /**
   * Weights of the actions that a step takes, (batch, memories, actions): non-negative, and 1 in sum unless the cell
   * says otherwise. What traces show.
   */
  actions(parameters: Traced<MemoryParameters>, state: MemoryState, x: Tensor): Tensor
}

/** Whether a cell has a memory whose capacity can be set. */
export function isMemoryCell(cell: object): cell is MemoryCell {
  return typeof (cell as Partial<MemoryCell>).withCapacity === 'function'
}

/** How a softmax is taken over the actions of several memories: one for each, or one over all of them together. */
export type ActionSoftmax = 'each' | 'together'

/** Sizes that every memory cell takes. */
export interface MemoryOptions {
  /** Features of x. */
  readonly inputSize: number
  /** Features of the controller's state. */
  readonly hidden: number
  /** Memory cells; 16 unless given. Learners of the ladder set it to the steps of a string and one more. */
  readonly capacity?: number | undefined
  /** Numbers in a memory cell. */
  readonly cellSize?: number | undefined
  /** Whether the memory takes the likeliest action alone; false unless given. */
  readonly hard?: boolean | undefined
  /** Weights and biases start uniform in ± this; 1 / √(features that a product sums over) unless given. */
  readonly initialScale?: number | undefined
}

/** Schema of {@link MemoryOptions} without the input's size, which follows from the place of the cell. */
export const memoryConfig = z.strictObject({
  hidden: z.int().positive().describe("features of the controller's state"),
  capacity: z
    .int()
    .positive()
    .default(16)
    .describe('memory cells; learners of the ladder set it to the steps of a string and one more'),
  cellSize: z.int().positive().default(8).describe('numbers in a memory cell'),
  hard: z
    .boolean()
    .default(false)
    .describe('whether the memory takes the likeliest action alone instead of a mixture of all'),
  initialScale: z
    .number()
    .positive()
    .optional()
    .describe('weights start uniform in ± this (1 / √(features that a product sums over))'),
})

/** A memory of some capacity, apart from who controls it. */
export interface Memory {
  /** State parts without batch. */
  readonly stateShapes: { readonly [name: string]: readonly number[] }
  /** Parameters beside those of the controller and the actions. */
  readonly parameters: LinearShapes
  /** What the controller sees of the memory, (batch, readSize). */
  read(state: MemoryState): Tensor
  /** The memory after the actions, weighed by `actions` (batch, memories, actions). h (batch, hidden). */
  write(parameters: Traced<MemoryParameters>, state: MemoryState, h: Tensor, actions: Tensor): MemoryState
}

/** What tells one memory cell from another. */
export interface MemoryParts {
  readonly options: MemoryOptions
  readonly controller: Controller
  readonly actionNames: readonly string[]
  /** Memories side by side, each with actions of its own; 1 unless given. */
  readonly memories?: number | undefined
  readonly softmax?: ActionSoftmax | undefined
  /** The memory with room for `capacity` cells. */
  memory(capacity: number): Memory
}

/**
 * The cell: with r what the memory showed *before* this step, h' = controller(h, [x; r]), a = softmax(h' A + a₀),
 * and the new memory is the mixture by a. Output: h'.
 *
 * @throws `MEMORY_CAPACITY_INVALID`
 */
export function memoryCell(parts: MemoryParts): MemoryCell {
  const { options, controller, actionNames, memories = 1 } = parts
  const { inputSize, hidden, capacity = 16, hard = false } = options
  checkCapacity(capacity)
  const memory = parts.memory(capacity)
  const count = memories * actionNames.length
  const shapes: LinearShapes = {
    ...controller.parameters,
    ...memory.parameters,
    action: { shape: [hidden, count], fanIn: hidden },
    actionBias: { shape: [count], fanIn: hidden },
  }
  const decide = (p: Traced<MemoryParameters>, h: Tensor): Tensor => {
    const logits = add(matmul(h, p.action!), p.actionBias!)
    const together = parts.softmax === 'together'
    const groups = together ? [1, count] : [memories, actionNames.length]
    const weights = actionWeights(reshape(logits, [-1, ...groups]), hard)
    return reshape(weights, [-1, memories, actionNames.length])
  }
  const make = (changed: Partial<MemoryOptions>): MemoryCell =>
    memoryCell({ ...parts, options: { ...options, ...changed } })
  const cell: MemoryCell = {
    inputSize,
    outputSize: hidden,
    stateShapes: { ...controller.stateShapes, ...memory.stateShapes },
    recurrentWeights: controller.recurrentWeights,
    capacity,
    actionNames,
    withCapacity: cells => make({ capacity: cells }),
    get hard() {
      return hard ? cell : make({ hard: true })
    },
    init: (key, dtype = 'float32') => {
      const drawn = fanInParameters(key, dtype, shapes, options.initialScale)
      return controller.adjust === undefined ? drawn : controller.adjust(drawn)
    },
    step(p, state, x) {
      const controlled = controller.step(p, state, x, memory.read(state))
      const { h } = controlled as CellState as { h: Tensor }
      return { state: { ...controlled, ...memory.write(p, state, h, decide(p, h)) }, output: h }
    },
    actions: (p, state, x) => decide(p, controller.step(p, state, x, memory.read(state)).h!),
  }
  return cell
}

/** Weights of actions by their logits (batch, groups, actions); hard ones are 1 for the likeliest (the first of equals). */
function actionWeights(logits: Tensor, hard: boolean): Tensor {
  return hard ? oneHot(argMax(logits), logits.shape.at(-1)!, logits.dtype) : softmax(logits)
}

function checkCapacity(capacity: number): void {
  if (Number.isInteger(capacity) && capacity > 0) return
  throw new ElmanError('MEMORY_CAPACITY_INVALID', {
    message: `a memory cannot have ${capacity} cells`,
    expected: 'a positive whole number of cells',
    hint: 'the steps of the longest string, plus one, never truncate',
  })
}
