import type { Check } from './check.ts'
import { gradients } from './gradients.ts'
import { installSize } from './install-size.ts'
import { kn5Ptb } from './kn5-ptb.ts'
import { torchCells } from './torch-cells.ts'

/** All checks, in the order they are listed. */
export const checks: readonly Check[] = [kn5Ptb, torchCells, gradients, installSize]
