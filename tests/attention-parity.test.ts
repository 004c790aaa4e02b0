/** Attention on ONNX Runtime: outputs and gradients of the reference backend, in both precisions. */
import { exportOnnx, onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  compileFunction,
  corePlugin,
  createContainer,
  evaluate,
  interpret,
  isNdArray,
  leavesOf,
  MODEL,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sizeOf,
  sum,
  type Tensor,
  type Traced,
  valueAndGrad,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import {
  absolutePositions,
  attentionOverPast,
  type LayerState,
  type StatefulLayer,
  transformerBlock,
} from '@elman/layers-attention'
import { gru, layersRecurrent, recurrent } from '@elman/layers-recurrent'
import { pretrain, traceStepGraph } from '@elman/pretrain'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'

const backend = onnxRuntimeBackend()
const [TIME, BATCH, SIZE] = [4, 3, 8]

const block = { size: SIZE, heads: 2, inner: 12, dropout: { weights: 0.2, residual: 0.2, inner: 0.2 } }
const layers: readonly [string, StatefulLayer][] = [
  ['a causal block', transformerBlock(block)],
  ['a block both ways, tanh form', transformerBlock({ ...block, causal: false, activation: 'gelu-tanh' })],
  [
    'a relative block with memory',
    transformerBlock({ ...block, positions: 'relative', past: { kind: 'memory', length: 5 }, norm: 'post' }),
  ],
  [
    'a rotary block with keys and values',
    transformerBlock({
      ...{ ...block, positions: 'rotary', cache: 'keys-values', activation: 'relu' },
      past: { kind: 'sliding', length: 3 },
    }),
  ],
  ['a block over segments', transformerBlock({ ...block, past: { kind: 'segment', length: 6 } })],
  [
    'a training window that is a segment',
    transformerBlock({ ...block, past: { kind: 'segment', length: TIME } }),
  ],
  ['learned positions', absolutePositions({ kind: 'learned', size: SIZE, length: 6 })],
  [
    'attention over a GRU’s past',
    attentionOverPast(recurrent(gru({ inputSize: SIZE, hidden: 5 })), { length: 3 }),
  ],
]

describe.each([
  ['float32', 1e-5],
  ['float64', 1e-10],
] as const)('in %s, on ONNX Runtime as on the reference backend', (dtype, tolerance) => {
  const sample = (shape: readonly number[], seed: number): NdArray =>
    ndArray(dtype, shape, random.normal(random.key(seed), sizeOf(shape), dtype))

  test.each(layers)('%s in training, over two windows', async (_, layer) => {
    const key = ndArray('int32', [2], Int32Array.from(random.key(7)))
    const f = (parameters: Traced<Parameters>, state: LayerState, first: Tensor, second: Tensor, k: Tensor) =>
      valueAndGrad(
        (own: Traced<Parameters>) => {
          const context = { mode: 'train', key: k } as const
          const before = layer.apply(own, { xs: first, state }, context)
          const after = layer.apply(own, { xs: second, state: before.state }, context)
          const loss = sum(mul(after.outputs, after.outputs))
          return [loss, { outputs: after.outputs, state: after.state }] as const
        },
        { hasAux: true },
      )(parameters)
    const args = [
      layer.init(random.key(1), dtype),
      layer.initialState(BATCH, dtype),
      sample([TIME, BATCH, SIZE], 2),
      sample([TIME, BATCH, SIZE], 3),
      key,
    ] as const
    const expected = leavesOf<NdArray>(evaluate(f as never, ...args), isNdArray)
    const compiled = await compileFunction(backend, f as never, args as never)
    const actual = leavesOf<NdArray>(
      await (compiled as unknown as (...all: unknown[]) => unknown)(...args),
      isNdArray,
    )
    await compiled.dispose()
    expect(actual).toHaveLength(expected.length)
    for (let i = 0; i < expected.length; i++) expectClose(actual[i]!, expected[i]!, tolerance)
  })
})

test.each([
  ['transformer-lm', { size: SIZE, heads: 2, context: 4, cache: 'keys-values' }],
  [
    'hybrid-lm',
    { embedding: SIZE, blocks: [{ cell: { type: 'lstm', hidden: SIZE } }, { attention: { context: 4 } }] },
  ],
])('%s is exported as a step of standard operators that the runtime runs alone', async (type, options) => {
  const container = createContainer([corePlugin, layersRecurrent, pretrain])
  const model = container.create(MODEL, { type, ...options })(11)
  const step = traceStepGraph(model, model.init(random.key(3)))
  const { graph, inputNames, outputNames } = step
  const session = await ort.InferenceSession.create(exportOnnx(graph, { inputNames, outputNames }))
  let expected: readonly NdArray[] = [{} as NdArray, ...step.initialState]
  let states = step.initialState.map(
    ({ data, shape }) => new ort.Tensor('float32', data as Float32Array, [...shape]),
  )
  for (const id of [3, 1, 4, 1, 5, 9]) {
    const data = Int32Array.of(id)
    expected = interpret(graph, [{ dtype: 'int32', shape: [1, 1], data }, ...expected.slice(1)])
    const feeds = [new ort.Tensor('int32', data, [1, 1]), ...states]
    const results = await session.run(Object.fromEntries(feeds.map((feed, i) => [inputNames[i]!, feed])))
    const all = outputNames.map(name => results[name]!)
    states = all.slice(1) as typeof states
    for (const [i, one] of expected.entries()) {
      expectClose({ ...one, data: all[i]!.data as Float32Array }, one, 1e-5)
    }
  }
})
