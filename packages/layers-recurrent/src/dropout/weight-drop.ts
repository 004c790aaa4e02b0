import {
  type Cell,
  type CellState,
  ElmanError,
  mul,
  type NdArray,
  type Parameters,
  type Tensor,
  type Traced,
} from '@elman/core'
import { checkRate, childContext, dropoutMask } from './dropout-mask.ts'
import { changeCell, type NoisyCell, prepareCell, type SequencePass } from './noisy-cell.ts'

/**
 * DropConnect on the recurrent weights (Wan et al. 2013; Merity et al. 2018): each pass over a sequence drops
 * elements of the weights, with one mask for all steps and rows. The gradient reaches the raw weight; in evaluation
 * the raw weight is used.
 *
 * @param weights names of the parameters; the cell's `recurrentWeights` unless given
 * @throws `CELL_HAS_NO_RECURRENT_WEIGHTS` when neither names any; `DROPOUT_RATE_INVALID`
 */
export function weightDrop<P extends Parameters, S extends CellState>(
  cell: Cell<P, S>,
  rate: number,
  weights: readonly (keyof P & string)[] = cell.recurrentWeights ?? [],
): NoisyCell<P, S> {
  checkRate(rate, 'weightDrop')
  if (weights.length === 0) {
    throw new ElmanError('CELL_HAS_NO_RECURRENT_WEIGHTS', {
      message: '"weightDrop" does not know which weights of this cell to drop',
      hint: "give the cell recurrentWeights: ['name'], or name them in the call",
    })
  }
  return changeCell(cell, {
    train(parameters, pass) {
      const inner = { ...pass, context: childContext(pass.context, 0) }
      return prepareCell(cell, dropped(parameters, rate, weights, pass), inner)
    },
  })
}

function dropped<P extends Parameters>(
  parameters: Traced<P>,
  rate: number,
  weights: readonly string[],
  pass: SequencePass,
): Traced<P> {
  const record = parameters as unknown as Traced<{ [name: string]: NdArray }>
  const changed = weights.map((name, index): [string, Tensor] => {
    const raw = record[name]!
    const mask = dropoutMask(childContext(pass.context, 1 + index), raw.shape, rate, pass.dtype, 'weightDrop')
    return [name, mask === undefined ? raw : mul(raw, mask)]
  })
  return { ...record, ...Object.fromEntries(changed) } as unknown as Traced<P>
}
