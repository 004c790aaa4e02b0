import {
  type BatchSource,
  div,
  type JsonValue,
  mean,
  mul,
  type NdArray,
  type Objective,
  reshape,
  softmaxCrossEntropy,
  sum,
  type Tensor,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import type { StreamPosition, TrainingStream } from '@elman/text'
import type { LanguageModel } from './language-model.ts'

/** Shape and kind of the windows an objective takes. */
export interface WindowOptions {
  readonly batch: number
  readonly time: number
  /** Whether windows carry `weight` (time, batch): targets that count. */
  readonly weighted?: boolean
  readonly dtype?: FloatType
}

/**
 * Mean cross-entropy of the next token over windows `input`, `target` (time, batch); the recurrent state is carried
 * from window to window (truncated back-propagation through time).
 */
export function languageModelObjective(
  model: LanguageModel,
  { batch, time, weighted = false, dtype = 'float32' }: WindowOptions,
): Objective {
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const weight = { dtype, shape: [time, batch] } as const
  return {
    batch: { input: ids, target: ids, ...(weighted ? { weight } : {}) },
    init: key => model.init(key, dtype),
    initialState: () => model.initialState(batch, dtype),
    loss(parameters, carried, window, context) {
      const { logits, state } = model.apply(parameters, window.input!, carried as SequenceState, context)
      const losses = softmaxCrossEntropy(logits, reshape(window.target!, [-1]))
      return { loss: weightedMean(losses, window.weight), carried: state }
    },
  }
}

function weightedMean(losses: Tensor, weight: Tensor | undefined): Tensor {
  if (weight === undefined) return mean(losses)
  const flat = reshape(weight, [-1])
  return div(sum(mul(losses, flat)), sum(flat))
}

/** The windows of a training text as batches. */
export function windowSource(stream: TrainingStream): BatchSource {
  return {
    batchesPerEpoch: stream.windowsPerEpoch,
    next() {
      const { input, target, time, batch, startsEpoch } = stream.next()
      const ids = (data: Int32Array): NdArray => ({ dtype: 'int32', shape: [time, batch], data })
      return { arrays: { input: ids(input), target: ids(target) }, tokens: time * batch, startsEpoch }
    },
    position: () => stream.position() as unknown as JsonValue,
    restore: position => stream.restore(position as unknown as StreamPosition),
  }
}
