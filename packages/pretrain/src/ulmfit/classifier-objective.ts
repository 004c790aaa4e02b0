import type { Objective } from '@elman/core'
import { activationPenalty, type Classifier, classificationLoss } from './classifier.ts'
import type { ChunkOptions } from './encoder.ts'

/** Shape of a classifier's batches and what is added to its loss. */
export interface ClassifierObjectiveOptions extends ChunkOptions {
  readonly batch: number
  /** Padded length of usual documents; others are graphs of their own. */
  readonly time: number
  /** AR, factor on the mean square of the outputs that are pooled; 0 unless given. */
  readonly activation?: number | undefined
  /** TAR, factor on the mean square of their changes; 0 unless given. */
  readonly temporal?: number | undefined
  readonly dtype?: 'float32' | 'float64' | undefined
}

/** Mean cross-entropy of the classes of documents: batches of `documentBatches`. */
export function classifierObjective(classifier: Classifier, options: ClassifierObjectiveOptions): Objective {
  const { batch, time, activation = 0, temporal = 0, dtype = 'float32' } = options
  return {
    batch: {
      ids: { dtype: 'int32', shape: [time, batch] },
      mask: { dtype, shape: [time, batch] },
      label: { dtype: 'int32', shape: [batch] },
    },
    withBatch: ({ ids }) => classifierObjective(classifier, { ...options, time: ids!.shape[0]! }),
    init: key => classifier.init(key, dtype),
    initialState: () => ({}),
    loss(parameters, carried, { ids, mask, label }, context) {
      const { logits, kept } = classifier.apply(parameters, ids!, mask!, options, context)
      if (activation > 0 || temporal > 0)
        context.addLoss?.('activation', activationPenalty(kept, activation, temporal))
      return { loss: classificationLoss(logits, label!), carried }
    },
  }
}
