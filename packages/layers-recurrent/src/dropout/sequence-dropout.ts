/** Dropout between layers: functions on whole sequences (time, batch, features), outside any loop. */
import { type LayerContext, mul, type Tensor } from '@elman/core'
import type { FloatType } from '../cells/initial-values.ts'
import { dropoutMask } from './dropout-mask.ts'

/** A kind of dropout on a sequence. */
export type SequenceDropout = (xs: Tensor, context: LayerContext) => Tensor

/** A new mask at each time step (Zaremba et al. 2014, on non-recurrent connections). */
export function stepDropout(rate: number): SequenceDropout {
  return (xs, context) => masked(xs, dropoutMask(context, xs.shape, rate, floatOf(xs), 'stepDropout'))
}

/** One mask for all time steps of a row (variational dropout, Gal & Ghahramani 2016). */
export function lockedDropout(rate: number): SequenceDropout {
  return (xs, context) => {
    const shape = [1, ...xs.shape.slice(1)]
    return masked(xs, dropoutMask(context, shape, rate, floatOf(xs), 'lockedDropout'))
  }
}

/**
 * Embedding-row dropout: a word is dropped wherever it occurs in the batch (Gal & Ghahramani 2016).
 * Applied to the table (vocabulary, features) before the look-up.
 */
export function embeddingRowDropout(rate: number): SequenceDropout {
  return (table, context) => {
    const shape = [table.shape[0]!, 1]
    return masked(table, dropoutMask(context, shape, rate, floatOf(table), 'embeddingRowDropout'))
  }
}

function masked(x: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? x : mul(x, mask)
}

/** The floating dtype of a tensor. */
export function floatOf(x: Tensor): FloatType {
  return x.dtype === 'float64' ? 'float64' : 'float32'
}
