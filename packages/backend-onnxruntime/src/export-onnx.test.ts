import {
  add,
  arrayOf,
  bernoulliMask,
  evaluate,
  filled,
  isElmanError,
  matmul,
  mul,
  type NdArray,
  softmax,
  type Tensor,
  tanh,
  trace,
} from '@elman/core'
import { expectClose, sampleArray } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { exportOnnx } from './export-onnx.ts'
import { decodeModel } from './onnx/decode-model.ts'
import { createSession } from './session/session.ts'

const weights = new Map([
  ['rnn.0.input', sampleArray([3, 4], 1, 'float32')],
  ['rnn.0.recurrent', sampleArray([4, 4], 2, 'float32')],
  ['softmax.weight', sampleArray([4, 5], 3, 'float32')],
])
const inputs: readonly NdArray[] = [sampleArray([1, 3], 4, 'float32'), filled([1, 4], 0.5)]

/** One step of an Elman network: input and state to probabilities and the next state. */
function step(x: Tensor, h: Tensor) {
  const weight = (path: string) => x.scope.constant(weights.get(path)!)
  const next = tanh(add(matmul(x, weight('rnn.0.input')), matmul(h, weight('rnn.0.recurrent'))))
  return [softmax(matmul(next, weight('softmax.weight'))), next] as const
}

const names = { inputNames: ['x', 'state.h'], outputNames: ['probabilities', 'next.h'] }

test('the file computes what the graph does, by names', async () => {
  const session = await createSession(exportOnnx(trace(step, ...inputs).graph, { ...names, weights }))
  expect(session.inputs.map(({ name }) => name)).toEqual(names.inputNames)
  const feeds = new Map([
    ['state.h', inputs[1]!],
    ['x', inputs[0]!],
  ])
  const [next] = await session.run(feeds, { outputs: ['next.h'] })
  const [probabilities] = await session.run(feeds, { outputs: ['probabilities'] })
  const [expected, expectedNext] = evaluate(step, ...inputs) as unknown as [NdArray, NdArray]
  expectClose(probabilities!, expected, 1e-6)
  expectClose(next!, expectedNext, 1e-6)
  await session.release()
})

test('the file holds the weights under their paths, and notes', () => {
  const metadata = { 'elman.unit': 'word' }
  const model = decodeModel(exportOnnx(trace(step, ...inputs).graph, { ...names, weights, metadata }))
  expect(model.graph.initializers.map(({ name }) => name).toSorted()).toEqual([...weights.keys()])
  expect(model.metadata).toEqual(metadata)
  expect(model.graph.nodes.map(({ domain }) => domain).filter(domain => domain !== '')).toEqual([])
})

test('a graph that draws random numbers is refused', () => {
  const drawing = (k: Tensor, x: Tensor) => mul(x, bernoulliMask(k, [2], 0.5, 'float32'))
  const { graph } = trace(drawing, arrayOf([1, 2], 'int32'), filled([2], 1))
  let text = ''
  try {
    exportOnnx(graph, { inputNames: ['key', 'x'], outputNames: ['y'] })
  } catch (error) {
    if (isElmanError(error)) text = error.message
  }
  expect(text).toMatchInlineSnapshot(`
    "EXPORT_RANDOM  a graph that draws random numbers cannot be exported
      trace it in evaluation mode, where dropout does nothing"
  `)
})
