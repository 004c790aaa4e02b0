/** Classes by a fine-tuned model: each sequence as if it were alone, in the order that was given. */

import {
  type Backend,
  type Batch,
  type Executable,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  softmax,
  type TensorBatch,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import type { FineTunedModel } from './fine-tuned-model.ts'
import type { ReadingUnit } from './read-units.ts'
import { packUnits, paddedTime } from './unit-batches.ts'

/** How sequences are read. */
export interface UnitPredictorOptions {
  /** Id of `[PAD]`. */
  readonly padding: number
  /** Longest sequence. */
  readonly length: number
  /** Sequences side by side; it changes no prediction. 16 unless given. */
  readonly batch?: number | undefined
  readonly dtype?: FloatType | undefined
}

/** Predicts classes. */
export interface UnitPredictor {
  /** Probabilities of the classes of each place of each sequence, in their order. */
  predict(parameters: Parameters, units: readonly ReadingUnit[]): Promise<number[][][]>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/**
 * Makes a predictor. Sequences of one padded length are run together, so that the graph that reads a sequence depends
 * on its own length alone; there is one for each of a few lengths, compiled when it is first needed.
 */
export function createUnitPredictor(
  backend: Backend,
  model: FineTunedModel,
  { padding, length, batch = 16, dtype = 'float32' }: UnitPredictorOptions,
): UnitPredictor {
  const graphs = new Map<number, Promise<Executable>>()
  const { task, classes } = model
  return {
    async predict(parameters, units) {
      const buckets = new Map<number, number[]>()
      for (const [index, { ids }] of units.entries()) {
        const time = paddedTime(ids.length, length)
        buckets.set(time, [...(buckets.get(time) ?? []), index])
      }
      const weights = leavesOf<NdArray>(parameters, isNdArray)
      const result = new Array<number[][]>(units.length)
      for (const [time, indices] of buckets) {
        for (let from = 0; from < indices.length; from += batch) {
          const chosen = indices.slice(from, from + batch)
          const rows = chosen.map(index => units[index]!)
          const { labels, weights: _, ...arrays } = packUnits(rows, { batch, time, task, padding, dtype })
          if (!graphs.has(time)) graphs.set(time, compile(backend, model, parameters, arrays))
          const executable = await graphs.get(time)!
          const [probabilities] = await executable.run([...weights, ...leavesOf<NdArray>(arrays, isNdArray)])
          const room = labels!.shape[1]!
          for (const [row, index] of chosen.entries()) {
            result[index] = Array.from(rows[row]!.places, (_place, n) => {
              const start = (row * room + n) * classes
              return Array.from(probabilities!.data.slice(start, start + classes), Number)
            })
          }
        }
      }
      return result
    },
    async dispose() {
      for (const executable of graphs.values()) await (await executable).dispose()
      graphs.clear()
    },
  }
}

function compile(
  backend: Backend,
  model: FineTunedModel,
  parameters: Parameters,
  arrays: Batch,
): Promise<Executable> {
  const { graph } = trace(
    (own: TensorParameters, given: TensorBatch) => softmax(model.logits(own, given, { mode: 'evaluate' })),
    parameters,
    arrays,
  )
  return backend.compile(graph, { name: 'classify' })
}
