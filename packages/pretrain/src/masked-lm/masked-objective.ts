import { add, crossEntropy, type Objective, reshape } from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import type { MaskedLanguageModel } from './masked-model.ts'

/** Shape of the batches of a {@link maskedObjective}. */
export interface MaskedObjectiveOptions {
  readonly batch: number
  readonly time: number
  /** Places kept for predictions in each row. */
  readonly predictions: number
  readonly dtype?: FloatType | undefined
}

/**
 * Mean cross-entropy at masked places, plus that of the next sentence where the model has that head. Batches: `ids`,
 * `segments`, `mask` (time, batch); `places` (batch, predictions) as time · batch size + row, `targets`, `weights` (0 for
 * places that are room only); `next` (batch), 0 where the second text follows the first.
 */
export function maskedObjective(model: MaskedLanguageModel, options: MaskedObjectiveOptions): Objective {
  const { batch, time, predictions, dtype = 'float32' } = options
  const steps = { dtype: 'int32', shape: [time, batch] } as const
  const asked = { dtype: 'int32', shape: [batch, predictions] } as const
  const next = { dtype: 'int32', shape: [batch] } as const
  return {
    batch: {
      ...{ ids: steps, segments: steps, mask: steps, places: asked, targets: asked },
      weights: { dtype, shape: [batch, predictions] },
      ...(model.config.nextSentence ? { next } : {}),
    },
    withBatch: ({ ids, places }) =>
      maskedObjective(model, {
        ...{ batch: ids!.shape[1]!, time: ids!.shape[0]!, predictions: places!.shape[1]!, dtype },
      }),
    init: key => model.init(key, dtype),
    initialState: () => ({}),
    loss(parameters, _carried, { ids, segments, mask, places, targets, weights, next }, context) {
      const input = { ids: ids!, segments: segments!, mask: mask! }
      const output = model.encoder.apply(parameters, input, context)
      const logits = model.wordLogits(parameters, output.last, places!, context)
      const words = crossEntropy(logits, reshape(targets!, [-1]), { mask: reshape(weights!, [-1]) })
      if (next === undefined) return { loss: words, carried: {} }
      const order = crossEntropy(model.nextLogits(parameters, output, context), next)
      return { loss: add(words, order), carried: {} }
    },
  }
}
