import { z } from 'zod'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { ElmanError } from '../errors/elman-error.ts'
import { mul } from '../ops/elementwise.ts'
import { bernoulliMask } from '../ops/random.ts'
import type { FlatLayer } from './layer.ts'

/**
 * Dropout (Srivastava et al. 2014), inverted: in training each element is 0 with probability `rate`, else divided by
 * 1 − rate; in evaluation nothing happens. No parameters.
 *
 * @throws `DROPOUT_RATE_INVALID` when the rate is not in [0, 1), `DROPOUT_KEY_MISSING` when a call for training has no key
 */
export function dropout(rate: number): FlatLayer {
  if (!(rate >= 0 && rate < 1)) {
    throw new ElmanError('DROPOUT_RATE_INVALID', {
      message: `"dropout" was given rate ${rate}`,
      expected: 'a probability of dropping from 0 up to, without, 1',
    })
  }
  return {
    init: () => ({}),
    apply(_parameters, x, { mode, key }) {
      if (mode === 'evaluate' || rate === 0) return x
      if (key === undefined) {
        throw new ElmanError('DROPOUT_KEY_MISSING', {
          message: '"dropout" draws a mask in training, but the call has no key',
          hint: "pass { mode: 'train', key } with a key of this step, or mode: 'evaluate'",
        })
      }
      return mul(x, bernoulliMask(key, x.shape, 1 - rate, x.dtype === 'float64' ? 'float64' : 'float32'))
    },
  }
}

/** Registry entry `dropout`. */
export const dropoutComponent = defineComponent(LAYER, {
  type: 'dropout',
  summary: 'sets random elements to zero in training (Srivastava et al. 2014)',
  config: z.strictObject({
    rate: z.number().min(0).lt(1).describe('probability that an element is dropped'),
  }),
  create: ({ rate }) => dropout(rate),
})
