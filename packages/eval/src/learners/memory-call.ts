/** Cells for a call: memories get as many cells as a string can use, and act as the call says. */
import type { Cell } from '@elman/core'
import { isMemoryCell, isTapeCell } from '@elman/layers-recurrent'
import type { LearnerCall } from './learner.ts'

/**
 * The cell for a call; its parameters are the same for all calls. The jumps of a tape cross as many cells as the word
 * has symbols, as in Delétang et al. (2023), or as many as its config says where the word is not known.
 */
export function sizedCell(cell: Cell, { time, hard, word }: LearnerCall): Cell {
  if (!isMemoryCell(cell)) return cell
  const jumping = word !== undefined && isTapeCell(cell) ? cell.withJump(Math.max(1, word)) : cell
  const sized = jumping.withCapacity(time + 1)
  return (hard ? sized.hard : sized) as unknown as Cell
}
