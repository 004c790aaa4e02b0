/** Every evaluator on ONNX Runtime in float32 beside the reference backend in float64, token by token. */
import { backendOnnxRuntime, onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  type Backend,
  corePlugin,
  createContainer,
  isNdArray,
  leavesOf,
  MODEL,
  type NdArray,
  type Parameters,
  random,
  referenceBackend,
  withLeaves,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { type EvaluatorScore, pretrain, scoreWithEvaluators } from '@elman/pretrain'
import { encodeTrainingText } from '@elman/text'
import { expect, test } from 'vitest'

const container = createContainer([corePlugin, layersRecurrent, pretrain, backendOnnxRuntime])
const bytes = [new TextEncoder().encode('the cat sat on the mat\nthe dog sat on the log\n'.repeat(4))]
const form = { unit: 'character', lines: 'none' } as const
const { vocabulary, text } = await encodeTrainingText(bytes, 'a text', form, {
  minimumCount: 1,
  unknown: false,
})

async function scores(model: object, dtype: 'float32' | 'float64', backend: Backend) {
  const made = container.create(MODEL, { type: 'recurrent-lm', ...model })(vocabulary.size)
  const parameters = made.init(random.key(3))
  const leaves = leavesOf<NdArray>(parameters, isNdArray).map(
    (leaf): NdArray =>
      dtype === 'float32' ? leaf : { ...leaf, dtype, data: Float64Array.from(leaf.data as Float32Array) },
  )
  const columns = await scoreWithEvaluators({
    ...{ services: container, backend, model: made, vocabulary, text, training: text.ids, dtype },
    parameters: withLeaves(parameters, isNdArray, leaves) as Parameters,
    evaluators: [
      'static',
      { type: 'monte-carlo', passes: 5, together: 2, masks: 'window' },
      { type: 'neural-cache', window: 40, sharpness: 3, weight: 0.3, time: 16 },
      { type: 'dynamic', rule: 'sgd', rate: 0.1 },
      { type: 'dynamic', rule: 'sgd', rate: 0.1, decay: 0.05, segment: 3 },
      { type: 'dynamic', rule: 'rms', rate: 0.002, decay: 0.02, epsilon: 0.01 },
    ],
  })
  return [...columns.static, ...columns.adaptive]
}

test.each([
  [
    'a model with dropout of every kind',
    {
      embedding: 8,
      cell: { type: 'lstm', hidden: 12 },
      layers: 2,
      initialScale: 0.5,
      dropout: { input: 0.2, between: 0.2, output: 0.3, kind: 'locked', embeddingRows: 0.1, weights: 0.2 },
    },
  ],
  ['a tied model', { embedding: 8, tied: true, dropout: { output: 0.3 }, cell: { type: 'gru', hidden: 12 } }],
  [
    'a mixture of softmaxes, which has log-probabilities of its own',
    {
      embedding: 8,
      cell: { type: 'lstm', hidden: 12 },
      softmax: { type: 'mixture', experts: 3 },
      dropout: { input: 0.3 },
    },
  ],
] as const)('evaluators on ONNX Runtime agree with the reference: %s', async (_name, model) => {
  const wanted = await scores(model, 'float64', referenceBackend())
  const found = await scores(model, 'float32', onnxRuntimeBackend())
  const worst = found.map(({ name, logProbabilities }, place) => {
    const other = (wanted[place] as EvaluatorScore).logProbabilities
    return [
      name,
      logProbabilities.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0),
    ] as const
  })
  expect(worst.filter(([, difference]) => !(difference < 2e-5))).toEqual([])
  expect(new Set(found.map(({ loss }) => loss.toFixed(6))).size).toBe(6)
})
