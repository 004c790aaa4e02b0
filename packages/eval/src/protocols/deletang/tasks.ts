/** The 15 transduction tasks of Delétang et al., Neural Networks and the Chomsky Hierarchy (ICLR 2023). */
import { didYouMean, ElmanError } from '@elman/core'
import type { OriginalOption } from '../protocol.ts'
import { binaryAddition, binaryMultiplication, computeSqrt } from './binary-tasks.ts'
import { bucketSort, duplicateString, missingDuplicate, oddsFirst } from './copy-tasks.ts'
import { cycleNavigation, evenPairs, modularArithmeticSimple, parityCheck } from './regular-tasks.ts'
import { modularArithmeticBrackets, reverseString, solveEquation, stackManipulation } from './stack-tasks.ts'
import { type DeletangTask, deletangTaskOf, type TaskParts } from './task.ts'

const TASKS: { readonly [name: string]: (original: boolean) => TaskParts } = {
  'even-pairs': evenPairs,
  'modular-arithmetic-simple': modularArithmeticSimple,
  'parity-check': parityCheck,
  'cycle-navigation': cycleNavigation,
  'stack-manipulation': stackManipulation,
  'reverse-string': reverseString,
  'modular-arithmetic': modularArithmeticBrackets,
  'solve-equation': solveEquation,
  'duplicate-string': duplicateString,
  'missing-duplicate': missingDuplicate,
  'odds-first': oddsFirst,
  'binary-addition': binaryAddition,
  'binary-multiplication': binaryMultiplication,
  'compute-sqrt': computeSqrt,
  'bucket-sort': bucketSort,
}

/** Names of the tasks in the order of the published table. */
export const DELETANG_TASKS: readonly string[] = Object.keys(TASKS)

/**
 * A task by its name in the table. Its id is `deletang-<name>`, with `-original` after it for the released code's
 * behaviour, so that results of both are never mixed.
 *
 * @throws ElmanError `PROTOCOL_TASK_UNKNOWN` for any other name.
 */
export function deletangTask(name: string, { original = false }: OriginalOption = {}): DeletangTask {
  const make = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined
  if (make === undefined) {
    const near = didYouMean(name, DELETANG_TASKS)
    throw new ElmanError('PROTOCOL_TASK_UNKNOWN', {
      message: `Delétang et al. have no task ${name}`,
      expected: DELETANG_TASKS.join(', '),
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    })
  }
  return deletangTaskOf(make(original), original)
}

/** All 15. */
export function deletangTasks(options: OriginalOption = {}): readonly DeletangTask[] {
  return DELETANG_TASKS.map(name => deletangTask(name, options))
}
