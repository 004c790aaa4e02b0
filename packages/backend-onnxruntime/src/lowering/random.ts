import { ElmanError, type PrimitiveName } from '@elman/core'
import type { LoweringRule } from './context.ts'

/** Random numbers are drawn by the host (see host-part.ts); one that is still here cannot be. */
function onHost<Name extends PrimitiveName>(): LoweringRule<Name> {
  return (_context, node) => {
    throw new ElmanError('ORT_RANDOM_IN_LOOP', {
      message: `"${node.primitive}" depends on something that is only known while the graph runs`,
      expected: 'keys made from the inputs of the graph, outside loops',
      hint: [
        'draw the numbers for all steps before the loop and pass them as a sequence',
        'fold step numbers into the key outside: foldInTensor(key, t)',
      ],
    })
  }
}

/** Random primitives. */
export const random = {
  foldIn: onHost<'foldIn'>(),
  randomBits: onHost<'randomBits'>(),
  randomUniform: onHost<'randomUniform'>(),
  bernoulliMask: onHost<'bernoulliMask'>(),
}
