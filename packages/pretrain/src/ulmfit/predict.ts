/** Classes of documents by a trained classifier: any length in bounded memory, and every document as if it were alone. */
import {
  add,
  type Backend,
  concat,
  div,
  type Executable,
  expandDims,
  filled,
  indexAxis,
  isNdArray,
  leavesOf,
  less,
  max,
  maximum,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  select,
  softmax,
  sum,
  type Tensor,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import { BELOW_ALL, type Classifier } from './classifier.ts'
import { type EncodedDocument, padDocuments, paddedLength } from './documents.ts'

/** How documents are read. */
export interface PredictorOptions {
  /** Documents side by side; it changes no prediction. 32 unless given. */
  readonly batch?: number | undefined
  /** Steps of a chunk; 70 unless given. */
  readonly bptt?: number | undefined
  /** Last steps of a document that are pooled; 1400 unless given. */
  readonly keep?: number | undefined
  readonly dtype?: 'float32' | 'float64' | undefined
}

/** The classes of a document. */
export interface Prediction {
  readonly id: string
  /** Of each class; they sum to 1. */
  readonly probabilities: readonly number[]
  /** Number of the most probable class; the first of equals. */
  readonly label: number
}

/** Predicts classes. */
export interface Predictor {
  /** Predictions in the order of the documents, with their ids. */
  predict(
    parameters: Parameters,
    documents: readonly EncodedDocument[],
    onProgress?: (done: number) => void,
  ): Promise<Prediction[]>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** What is pooled so far: maximum, sum, number of steps, last output. */
type Pools = readonly [highest: Tensor, total: Tensor, count: Tensor, last: Tensor]

/** Makes a predictor; graphs are compiled when they are first needed, one for each of a few lengths and the head. */
export function createPredictor(
  backend: Backend,
  classifier: Classifier,
  { batch = 32, bptt = 70, keep = 1400, dtype = 'float32' }: PredictorOptions = {},
): Predictor {
  const made = new Map<string, Promise<Executable>>()
  const once = (name: string, make: () => Promise<Executable>): Promise<Executable> => {
    if (!made.has(name)) made.set(name, make())
    return made.get(name)!
  }
  const width = classifier.featureSize / 3
  const floats = (shape: readonly number[], value: number) => filled(shape, value, dtype)
  const state = classifier.encoder.stack.initialState(batch, dtype) as Parameters
  const start = [floats([batch, width], BELOW_ALL), floats([batch, width], 0), floats([batch, 1], 0)]
  const carried = [...leavesOf<NdArray>(state, isNdArray), ...start, floats([batch, width], 0)]
  const chunkGraph = (parameters: Parameters, time: number) =>
    once(`chunk ${time}`, () =>
      backend.compile(traceChunk(classifier, parameters, state, { time, batch, width, dtype }), {
        name: 'read',
      }),
    )
  const headGraph = (parameters: Parameters) =>
    once('head', () =>
      backend.compile(traceHead(classifier, parameters, { batch, width, dtype }), { name: 'head' }),
    )
  const floatArray = (shape: readonly number[], data: Float32Array): NdArray =>
    dtype === 'float32' ? ndArray('float32', shape, data) : ndArray('float64', shape, Float64Array.from(data))

  const readBatch = async (parameters: Parameters, documents: readonly Int32Array[]): Promise<NdArray> => {
    const longest = Math.max(1, ...documents.map(({ length }) => length))
    const time = longest <= bptt ? paddedLength(longest, bptt) : Math.ceil(longest / bptt) * bptt
    const step = Math.min(time, bptt)
    const weights = leavesOf<NdArray>(parameters.encoder as Parameters, isNdArray)
    const executable = await chunkGraph(parameters, step)
    const padded = padDocuments(documents, batch, time)
    let held: readonly NdArray[] = carried
    for (let begin = 0; begin < time; begin += step) {
      const cells = [begin * batch, (begin + step) * batch] as const
      const mask = padded.mask.slice(...cells)
      const pooled = mask.map((real, cell) => (begin + Math.floor(cell / batch) >= time - keep ? real : 0))
      held = await executable.run([
        ...weights,
        ...held,
        ndArray('int32', [step, batch], padded.ids.slice(...cells)),
        floatArray([step, batch], mask),
        floatArray([step, batch], pooled),
      ])
    }
    const head = await headGraph(parameters)
    const [probabilities] = await head.run([
      ...leavesOf<NdArray>(parameters.head as Parameters, isNdArray),
      ...held.slice(-4),
    ])
    return probabilities!
  }

  return {
    async predict(parameters, documents, onProgress) {
      const byLength = documents.map((_, index) => index)
      byLength.sort((a, b) => documents[a]!.ids.length - documents[b]!.ids.length)
      const result = new Array<Prediction>(documents.length)
      for (let begin = 0; begin < byLength.length; begin += batch) {
        const chosen = byLength.slice(begin, begin + batch)
        const rows = await readBatch(
          parameters,
          chosen.map(index => documents[index]!.ids),
        )
        for (const [row, index] of chosen.entries()) {
          const from = row * classifier.classes
          const probabilities = Array.from({ length: classifier.classes }, (_, i) =>
            Number(rows.data[from + i]),
          )
          result[index] = { id: documents[index]!.id, probabilities, label: mostProbable(probabilities) }
        }
        onProgress?.(begin + chosen.length)
      }
      return result
    },
    async dispose() {
      for (const executable of made.values()) await (await executable).dispose()
      made.clear()
    },
  }
}

/** Number of the largest; the first of equals. */
export function mostProbable(probabilities: readonly number[]): number {
  return probabilities.reduce((best, value, index) => (value > probabilities[best]! ? index : best), 0)
}

interface ReadShape {
  readonly batch: number
  readonly width: number
  readonly dtype: 'float32' | 'float64'
}

/** One chunk: encoder's parameters, state, pools, ids, mask, steps that are pooled, to the next state and pools. */
function traceChunk(
  classifier: Classifier,
  parameters: Parameters,
  state: Parameters,
  { time, batch, width, dtype }: ReadShape & { readonly time: number },
) {
  const steps = { dtype, shape: [time, batch] } as const
  return trace(
    (encoder, before, highest, total, count, _last, ids, mask, pooled) => {
      const { outputs, state: after } = classifier.encoder.chunk(
        encoder as TensorParameters,
        ids,
        mask,
        before as SequenceState,
        { mode: 'evaluate' },
      )
      const counts = expandDims(pooled, -1)
      const pools: Pools = [
        maximum(highest, max(select(less(0, counts), outputs, BELOW_ALL), 0)),
        add(total, sum(mul(outputs, counts), 0)),
        add(count, sum(counts, 0)),
        indexAxis(outputs, 0, time - 1),
      ]
      return [after, ...pools]
    },
    parameters.encoder as Parameters,
    state,
    ...poolTypes({ batch, width, dtype }),
    { dtype: 'int32', shape: [time, batch] } as const,
    steps,
    steps,
  ).graph
}

/** Head's parameters and pools to probabilities (batch, classes). */
function traceHead(classifier: Classifier, parameters: Parameters, shape: ReadShape) {
  return trace(
    (head, highest, total, count, last) => {
      const features = concat([last, select(less(0, count), highest, 0), div(total, maximum(count, 1))], -1)
      return softmax(classifier.head({ head: head as TensorParameters }, features, { mode: 'evaluate' }))
    },
    parameters.head as Parameters,
    ...poolTypes(shape),
  ).graph
}

function poolTypes({ batch, width, dtype }: ReadShape) {
  const wide = { dtype, shape: [batch, width] } as const
  return [wide, wide, { dtype, shape: [batch, 1] } as const, wide] as const
}
