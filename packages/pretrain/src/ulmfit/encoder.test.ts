import {
  grad,
  interpret,
  isNdArray,
  leavesOf,
  type NdArray,
  ndArray,
  optimize,
  type Parameters,
  random,
  square,
  sum,
  type TensorParameters,
  trace,
  type Value,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { awdDropouts, NO_DROPOUTS } from './awd-lstm.ts'
import { concatPooling, ulmfitClassifier } from './classifier.ts'
import { padDocuments } from './documents.ts'
import { type ChunkOptions, readChunks } from './encoder.ts'

const sizes = { embedding: 3, hidden: 4, layers: 2 }
const head = { hidden: 5, dropout: 0, hiddenDropout: 0 }
const classifier = ulmfitClassifier({ vocabularySize: 9, classes: 2, sizes, dropouts: NO_DROPOUTS, head })
const encoder = classifier.init(random.key(4), 'float64').encoder as Parameters
const TIME = 12
const documents = [12, 7, 2, 1].map((length, row) => Int32Array.from({ length }, (_, t) => (3 * t + row) % 9))
const padded = padDocuments(documents, documents.length, TIME)
const arrays = [
  ndArray('int32', [TIME, documents.length], padded.ids),
  ndArray('float64', [TIME, documents.length], Float64Array.from(padded.mask)),
]

/** Pooled features and the gradient of the sum of their squares by the encoder's parameters. */
function read(chunks: ChunkOptions): NdArray[] {
  const { graph } = trace(
    (parameters, ids, mask) => {
      const features = (held: TensorParameters) =>
        concatPooling(readChunks(classifier.encoder, held, ids!, mask!, chunks, { mode: 'evaluate' }))
      const loss = (held: TensorParameters) => sum(square(features(held)))
      return [features(parameters as TensorParameters), grad(loss)(parameters as TensorParameters)]
    },
    encoder,
    arrays[0]!,
    arrays[1]!,
  )
  return interpret(graph, leavesOf<NdArray>([encoder, ...arrays], isNdArray))
}

test('reading in chunks equals one pass, values and gradients, when gradients flow through the chunks', () => {
  const whole = read({ bptt: TIME, keep: TIME })
  for (const bptt of [1, 3, 4, 5]) {
    const chunked = read({ bptt, keep: TIME, throughChunks: true })
    for (const [index, value] of chunked.entries()) expectClose(value, whole[index]!, 1e-12)
  }
})

test('cut between chunks, values stay and gradients of documents of more than a chunk change', () => {
  const whole = read({ bptt: TIME, keep: TIME })
  const cut = read({ bptt: 4, keep: TIME })
  expectClose(cut[0]!, whole[0]!, 1e-12)
  expect(() => expectClose(cut[2]!, whole[2]!, 1e-4)).toThrow('differ first')
})

test('only the last steps are pooled, and those before fill the state', () => {
  const kept = read({ bptt: 4, keep: 5 })[0]!
  const whole = read({ bptt: TIME, keep: TIME })[0]!
  const row = (features: NdArray, index: number) =>
    Array.from(features.data as Float64Array).slice(9 * index, 9 * index + 9)
  for (const index of [2, 3]) expectClose(row(kept, index), row(whole, index), 1e-12) // of 2 steps and 1
  for (const index of [0, 1]) {
    expectClose(row(kept, index).slice(0, 3), row(whole, index).slice(0, 3), 1e-12) // h_T
    expect(row(kept, index)[8]).not.toBeCloseTo(row(whole, index)[8]!, 6) // mean
  }
})

/** Most bytes that are alive at once in the training step's gradient, by the order of the graph; inputs not counted. */
function peakBytes(time: number): number {
  const chunks = { bptt: 4, keep: 8 }
  const { graph: traced } = trace(
    (parameters, ids, mask) => {
      const loss = (held: TensorParameters) =>
        sum(
          square(
            concatPooling(readChunks(classifier.encoder, held, ids, mask, chunks, { mode: 'evaluate' })),
          ),
        )
      return grad(loss)(parameters as TensorParameters)
    },
    encoder,
    { dtype: 'int32', shape: [time, 2] } as const,
    { dtype: 'float64', shape: [time, 2] } as const,
  )
  const graph = optimize(traced)
  const lastUse = new Map<Value, number>()
  for (const [place, node] of graph.nodes.entries())
    for (const input of node.inputs) lastUse.set(input, place)
  for (const output of graph.outputs) lastUse.set(output, graph.nodes.length)
  const bytes = (value: Value) => 8 * value.type.shape.reduce((product, extent) => product * extent, 1)
  let alive = 0
  let peak = 0
  for (const [place, node] of graph.nodes.entries()) {
    for (const output of node.outputs) alive += bytes(output)
    peak = Math.max(peak, alive)
    const own = new Set([...node.inputs, ...node.outputs])
    for (const value of own)
      if (!graph.inputs.includes(value) && (lastUse.get(value) ?? place) <= place) alive -= bytes(value)
  }
  return peak
}

test('the memory of a training step does not grow with what is not kept, but for ids and masks', () => {
  const short = peakBytes(16)
  const marks = (time: number) => 16 * (time - 16) * 2
  for (const time of [160, 640]) expect(peakBytes(time) - short).toBeLessThanOrEqual(marks(time))
  expect(short).toBeGreaterThan(5 * 2 * 8 * 16) // states and gates are counted: 8 kept steps, 16 gates
})

test('a document without a token has features of zeros', () => {
  const { graph } = trace(
    (parameters, ids, mask) =>
      concatPooling(
        readChunks(
          classifier.encoder,
          parameters as TensorParameters,
          ids,
          mask,
          { bptt: 4, keep: 8 },
          { mode: 'evaluate' },
        ),
      ),
    encoder,
    { dtype: 'int32', shape: [3, 1] } as const,
    { dtype: 'float64', shape: [3, 1] } as const,
  )
  const inputs = [
    ndArray('int32', [3, 1], new Int32Array(3)),
    ndArray('float64', [3, 1], new Float64Array(3)),
  ]
  const [features] = interpret(graph, [...leavesOf<NdArray>(encoder, isNdArray), ...inputs])
  expect(Array.from(features!.data as Float64Array)).toEqual(new Array(9).fill(0))
})

test('in training, dropout draws anew for each chunk and never touches padding', () => {
  const noisy = ulmfitClassifier({
    vocabularySize: 9,
    classes: 2,
    sizes,
    dropouts: awdDropouts.parse({}),
    head,
  })
  const { graph } = trace(
    (parameters, ids, mask, key) =>
      readChunks(
        noisy.encoder,
        parameters as TensorParameters,
        ids,
        mask,
        { bptt: 4, keep: 12 },
        { mode: 'train', key },
      ).outputs,
    encoder,
    arrays[0]!,
    arrays[1]!,
    { dtype: 'int32', shape: [2] } as const,
  )
  const run = (key: number[]) =>
    interpret(graph, [
      ...leavesOf<NdArray>(encoder, isNdArray),
      ...arrays,
      ndArray('int32', [2], Int32Array.from(key)),
    ])[0]!
  expect(run([1, 2])).toEqual(run([1, 2]))
  expect(run([1, 2])).not.toEqual(run([1, 3]))
  const outputs = run([1, 2])
  const lastRow = Array.from({ length: 11 }, (_, t) => Number(outputs.data[(t * 4 + 3) * 3]))
  expect(lastRow).toEqual(new Array(11).fill(0))
})
