/**
 * Tape-RNN: a controller with a tape T whose head stands still while the tape moves, after Delétang et al. (2023), who
 * follow Suzgun et al.'s Baby-NTM (2019). With T[0] the cell under the head, i < 0 to its left:
 *
 *     r = T[0]                                     the cell before this step
 *     h' = controller(h, [x; r])
 *     v = MLP(h')                                  linear, with rectifiers between its layers
 *     T[0] := v                                    every action writes
 *     (stay, left, right, jump left, jump right) = softmax(h' A + a)
 *     T'[i] = stay T[i] + left T[i−1] + right T[i+1] + jump left T[i−l] + jump right T[i+l]
 *     output h'
 *
 * Their tape is a circle, and nets learn to reach the input by its seam, at the training capacity alone. This one has
 * ends: what moves beyond them is lost and zeros come in. Their l is the length of the input; here it is option `jump`,
 * which {@link TapeCell.withJump} changes for strings of another length, and without it there are three actions.
 * A head that reads its input again needs a step between for the jump: give it a delimiter.
 */
import { add, concat, ElmanError, expandDims, matmul, relu, reshape, sliceAxis } from '@elman/core'
import { z } from 'zod'
import { describeCellFunction } from '../cells/cell-options.ts'
import { type ControllerChoice, chosenController, controllerEntries } from './controller-choice.ts'
import type { LinearShapes } from './linear-shapes.ts'
import { type Memory, type MemoryCell, type MemoryOptions, memoryCell, memoryConfig } from './memory-cell.ts'
import { empty, mixture } from './mixture.ts'

/** Options of {@link tapeRnn}. */
export interface TapeRnnOptions extends MemoryOptions, ControllerChoice {
  /** Cells that a jump crosses, the length of the input in the paper; no jumps unless given. */
  readonly jump?: number | undefined
  /** Widths of the layers between h and the written value, [64, 64] in the paper; none unless given. */
  readonly valueLayers?: readonly number[] | undefined
}

/** A tape, whose jumps can be set to the length of an input. */
export interface TapeCell extends MemoryCell {
  /** Cells that a jump crosses; undefined where there are no jumps. */
  readonly jump: number | undefined
  withCapacity(cells: number): TapeCell
  readonly hard: TapeCell
  /**
   * The same cell whose jumps cross as many cells; the same parameters fit.
   *
   * @throws `TAPE_WITHOUT_JUMPS`, `TAPE_JUMP_INVALID`
   */
  withJump(cells: number): TapeCell
}

/** Whether a cell is a tape whose jumps can be set to the length of an input. */
export function isTapeCell(cell: object): cell is TapeCell {
  return (cell as Partial<TapeCell>).jump !== undefined && 'withJump' in cell
}

const MOVES = ['stay', 'left', 'right'] as const
const JUMPS = ['jump left', 'jump right'] as const

/**
 * Tape-RNN. State: that of the controller, h and with an LSTM c (batch, hidden); tape (batch, 2 · capacity − 1,
 * cellSize), the head at its middle. A capacity of the steps and one more loses nothing to moves by one; jumps may need
 * more. Parameters: those of the controller (input, read, recurrent, bias), action (hidden, 3 or 5), actionBias, value
 * (hidden, cellSize), valueBias, and with `valueLayers` before it value0, value0Bias and so on.
 *
 * @throws `MEMORY_CAPACITY_INVALID`, `TAPE_JUMP_INVALID`
 */
export function tapeRnn(options: TapeRnnOptions): TapeCell {
  const { inputSize, hidden, cellSize = 8, jump } = options
  checkJump(jump)
  const base = memoryCell({
    options,
    controller: chosenController({ inputSize, hidden, readSize: cellSize }, options),
    actionNames: jump === undefined ? MOVES : [...MOVES, ...JUMPS],
    memory: capacity => tape(options, capacity),
  })
  const cell: TapeCell = {
    ...base,
    jump,
    withCapacity: cells => tapeRnn({ ...options, capacity: cells }),
    get hard() {
      return options.hard === true ? cell : tapeRnn({ ...options, hard: true })
    },
    withJump(cells) {
      if (jump !== undefined) return tapeRnn({ ...options, jump: cells })
      throw new ElmanError('TAPE_WITHOUT_JUMPS', {
        message: 'the jumps of a tape that has none cannot be set',
        expected: 'a cell that was made with option "jump"',
      })
    },
  }
  return cell
}

function checkJump(jump: number | undefined): void {
  if (jump === undefined || (Number.isInteger(jump) && jump > 0)) return
  throw new ElmanError('TAPE_JUMP_INVALID', {
    message: `a jump cannot cross ${jump} cells of a tape`,
    expected: 'a positive whole number of cells, such as the length of the input',
  })
}

function tape({ hidden, cellSize = 8, jump, valueLayers = [] }: TapeRnnOptions, capacity: number): Memory {
  const [length, head] = [2 * capacity - 1, capacity - 1]
  const shifts = jump === undefined ? [0, -1, 1] : [0, -1, 1, -jump, jump]
  const margin = jump ?? 1
  return {
    stateShapes: { tape: [length, cellSize] },
    parameters: valueShapes(hidden, cellSize, valueLayers),
    read: ({ tape: cells }) => reshape(sliceAxis(cells!, 1, head, head + 1), [-1, cellSize]),
    write(p, { tape: cells }, h, actions) {
      let hiddenValue = h
      valueLayers.forEach((_, i) => {
        hiddenValue = relu(add(matmul(hiddenValue, p[`value${i}`]!), p[`value${i}Bias`]!))
      })
      const value = add(matmul(hiddenValue, p.value!), p.valueBias!)
      const flat = reshape(cells!, [-1, 1, length * cellSize])
      const [before, after] = [head * cellSize, (head + 1) * cellSize]
      const left = head === 0 ? [] : [sliceAxis(flat, 2, 0, before)]
      const right = head === 0 ? [] : [sliceAxis(flat, 2, after)]
      const beyond = empty(flat, margin * cellSize)
      const written = concat([beyond, ...left, expandDims(value, 1), ...right, beyond], 2)
      const moved = shifts.map(shift => {
        const from = (margin + shift) * cellSize
        return sliceAxis(written, 2, from, from + length * cellSize)
      })
      return { tape: reshape(mixture(actions, moved), cells!.shape) }
    },
  }
}

function valueShapes(hidden: number, cellSize: number, layers: readonly number[]): LinearShapes {
  const widths = [hidden, ...layers]
  const inner = layers.map((width, i) => [
    [`value${i}`, { shape: [widths[i]!, width], fanIn: widths[i]! }],
    [`value${i}Bias`, { shape: [width], fanIn: widths[i]! }],
  ])
  const last = widths.at(-1)!
  return {
    ...Object.fromEntries(inner.flat()),
    value: { shape: [last, cellSize], fanIn: last },
    valueBias: { shape: [cellSize], fanIn: last },
  }
}

/** Registry entry `tape-rnn`. */
export const tapeRnnComponent = describeCellFunction(
  'tape-rnn',
  'cell that controls a tape with ends, by moves and jumps (after Suzgun et al. 2019, Delétang et al. 2023)',
  memoryConfig.extend({
    ...controllerEntries,
    jump: z
      .int()
      .positive()
      .optional()
      .describe('cells that a jump crosses, the length of the input in the paper; no jumps unless given'),
    valueLayers: z
      .array(z.int().positive())
      .default([])
      .describe(
        'widths of the layers with rectifiers between h and the written value; [64, 64] in the paper',
      ),
  }),
  tapeRnn,
)
