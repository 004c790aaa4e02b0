/** Cells for a call: memories get as many cells as a string can use, and act as the call says. */
import type { Cell } from '@elman/core'
import { isMemoryCell } from '@elman/layers-recurrent'
import type { LearnerCall } from './learner.ts'

/** The cell for a call. Its parameters are the same for all calls. */
export function sizedCell(cell: Cell, call: LearnerCall): Cell {
  if (!isMemoryCell(cell)) return cell
  const sized = cell.withCapacity(call.time + 1)
  return (call.hard ? sized.hard : sized) as unknown as Cell
}
