import { ElmanError, type PrimitiveName } from '@elman/core'
import type { LoweringRule } from './context.ts'

/** The error for random numbers whose key is not known before the run. */
export function notBeforeRun(name: PrimitiveName): ElmanError {
  return new ElmanError('ORT_RANDOM_IN_LOOP', {
    message: `a random number depends, by "${name}", on something that is only known while the graph runs`,
    expected: 'keys made from integer inputs of the graph and from constants, outside loops',
    hint: [
      'draw the numbers for all steps before the loop and pass them as a sequence',
      'fold step numbers into the key outside: foldInTensor(key, t)',
    ],
  })
}

/** Random numbers are drawn by the host (see host-part.ts); one that is still here cannot be. */
function onHost<Name extends PrimitiveName>(): LoweringRule<Name> {
  return (_context, node) => {
    throw notBeforeRun(node.primitive)
  }
}

/** Random primitives. */
export const random = {
  foldIn: onHost<'foldIn'>(),
  randomBits: onHost<'randomBits'>(),
  randomUniform: onHost<'randomUniform'>(),
  bernoulliMask: onHost<'bernoulliMask'>(),
}
