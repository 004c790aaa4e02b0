/** How large each parameter's gradient usually is, measured over the training text (Krause et al. 2018). */
import {
  type Backend,
  copyArray,
  isFloat,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
} from '@elman/core'
import { createTrainingStream } from '@elman/text'
import { z } from 'zod'
import type { LanguageModel } from '../language-model/language-model.ts'
import { progressMeter, type ScoringOptions } from './scoring-options.ts'
import { compileSegmentGradient } from './segment-gradient.ts'
import type { EvaluatorSetup } from './text-evaluator.ts'

/** How the gradients are collected; the defaults are those of dynamiceval.py. */
export const statisticsConfig = z.strictObject({
  batch: z
    .int()
    .min(1)
    .default(100)
    .describe('rows that the training text is cut into; fewer for a short one'),
  batches: z.int().min(1).optional().describe('stop after so many; all of the text unless given'),
})

/** Options of {@link collectGradientStatistics}. */
export interface StatisticsOptions extends z.output<typeof statisticsConfig> {
  /** Tokens a row and batch: as long as the segments that the statistics are for. */
  readonly time: number
}

/** Float storage of a parameter. */
export type Floats = Float32Array | Float64Array

/** What was collected. */
export interface GradientStatistics {
  /** √(mean g²) of each element, by parameter in the order of the leaves; undefined for one that is no float. */
  readonly rootMeanSquares: readonly (Floats | undefined)[]
  /** Batches that were averaged over. */
  readonly batches: number
  /** Rows of each. */
  readonly batch: number
}

/**
 * Walks the training text once, state carried, without dropout, and averages the squared gradient of the mean loss of
 * each batch.
 *
 * @throws `TEXT_TOO_SHORT` when the text does not fill one row; the signal's reason
 */
export async function collectGradientStatistics(
  backend: Backend,
  model: LanguageModel,
  parameters: Parameters,
  training: Int32Array,
  { batch: largest, batches: limit, time }: StatisticsOptions,
  setup: EvaluatorSetup = {},
  options: ScoringOptions = {},
): Promise<GradientStatistics> {
  const batch = Math.max(1, Math.min(largest, Math.floor(training.length / (time + 1))))
  const stream = createTrainingStream(training, { batch, time })
  const batches = Math.min(stream.windowsPerEpoch, limit ?? Number.POSITIVE_INFINITY)
  const shape = { batch, time, reduction: 'mean' } as const
  const executable = await compileSegmentGradient(backend, model, shape, setup)
  try {
    const meter = progressMeter('statistics', batches * batch * time, options)
    const fixed = leavesOf<NdArray>(parameters, isNdArray)
    const squares = fixed.map(zerosOf)
    const into = [undefined, ...fixed.map(leaf => (isFloat(leaf.dtype) ? copyArray(leaf) : undefined))]
    let state = leavesOf<NdArray>(model.initialState(batch, setup.dtype) as Parameters, isNdArray)
    for (let index = 0; index < batches; index++) {
      const { input, target } = stream.next()
      const ids = (data: Int32Array): NdArray => ({ dtype: 'int32', shape: [time, batch], data })
      const [, ...outputs] = await executable.run([...fixed, ...state, ids(input), ids(target)], { into })
      state = outputs.slice(fixed.length)
      for (const [leaf, sums] of squares.entries()) {
        if (sums !== undefined) addSquares(sums, outputs[leaf]!.data as Floats)
      }
      await meter.advance(batch * time)
    }
    for (const sums of squares) {
      for (let i = 0; i < (sums?.length ?? 0); i++) sums![i] = Math.sqrt(sums![i]! / batches)
    }
    return { rootMeanSquares: squares, batches, batch }
  } finally {
    await executable.dispose()
  }
}

/** Zeros of the size and precision of an array of floats; undefined for other arrays. */
function zerosOf({ data }: NdArray): Floats | undefined {
  if (data instanceof Float32Array) return new Float32Array(data.length)
  return data instanceof Float64Array ? new Float64Array(data.length) : undefined
}

function addSquares(sums: Floats, gradient: Floats): void {
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + gradient[i]! * gradient[i]!
}
