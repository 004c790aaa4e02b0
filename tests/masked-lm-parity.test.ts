/** The masked-LM objective on ONNX Runtime in float32 beside the reference backend: loss and gradients, dropout too. */
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  type Backend,
  isNdArray,
  type LayerContext,
  leavesOf,
  type NdArray,
  ndArray,
  type Objective,
  type Parameters,
  random,
  referenceBackend,
  type Tensor,
  type TensorBatch,
  type TensorParameters,
  trace,
  valueAndGrad,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import {
  createMaskedEvaluator,
  encodeDocuments,
  fineTunedModel,
  fineTuningObjective,
  maskedBatches,
  maskedLanguageModel,
  maskedModelConfig,
  maskedObjective,
  maskedTokenIds,
} from '@elman/pretrain'
import { trainWordPiece } from '@elman/text'
import { expect, test } from 'vitest'

const lines = Array.from(
  { length: 24 },
  (_, i) => `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][i % 2]} again`,
)
const tokenizer = trainWordPiece(lines, { minimumCount: 1, vocabularySize: 60 })
const special = maskedTokenIds(tokenizer)
const documents = encodeDocuments(lines, tokenizer, 'line')
const { vocabularySize } = tokenizer
const [batch, length] = [3, 16]
const source = maskedBatches(documents, {
  ...{ batch, length, nextSentence: true, shortSequences: 0.1, special, vocabularySize, seed: 1 },
  masking: { type: 'dynamic', copies: 1, rate: 0.15, wholeWords: false },
})
const key = ndArray('int32', [2], Int32Array.from(random.key(5)))

async function lossAndGradients(
  backend: Backend,
  objective: Objective,
  parameters: Parameters,
  arrays: { readonly [name: string]: NdArray },
  mode: LayerContext['mode'],
): Promise<readonly NdArray[]> {
  const { graph } = trace(
    (own: TensorParameters, given: TensorBatch, drawn: Tensor) => {
      const context = (mode === 'train' ? { mode, key: drawn } : { mode }) as LayerContext
      return valueAndGrad((inner: TensorParameters) => objective.loss(inner, {}, given, context).loss)(own)
    },
    parameters,
    arrays,
    key,
  )
  const executable = await backend.compile(graph, { name: 'objective' })
  const results = await executable.run([
    ...leavesOf<NdArray>(parameters, isNdArray),
    ...leavesOf<NdArray>(arrays, isNdArray),
    key,
  ])
  await executable.dispose()
  return results
}

test.each(['gelu', 'gelu-tanh'] as const)(
  'loss and gradients with %s agree, without dropout and with the same masks of it',
  async activation => {
    const config = maskedModelConfig.parse({
      ...{ size: 8, heads: 2, layers: 2, inner: 12, positions: 16, activation, nextSentence: true },
      ...{ dropout: 0.2, attentionDropout: 0.2, deviation: 0.3 },
    })
    const model = maskedLanguageModel(config, vocabularySize)
    const objective = maskedObjective(model, { batch, time: length, predictions: 3 })
    const parameters = objective.init(random.key(2))
    const { arrays } = source.next()
    const losses: number[] = []
    for (const mode of ['evaluate', 'train'] as const) {
      const wanted = await lossAndGradients(referenceBackend(), objective, parameters, arrays, mode)
      const found = await lossAndGradients(onnxRuntimeBackend(), objective, parameters, arrays, mode)
      for (const [index, array] of wanted.entries()) expectClose(found[index]!, array, 2e-5)
      losses.push(Number(found[0]!.data[0]))
    }
    expect(losses[0]).not.toBeCloseTo(losses[1]!, 4)

    const options = { special, length, batch: 4 }
    const scores = await Promise.all(
      [referenceBackend(), onnxRuntimeBackend()].map(async backend => {
        const evaluator = createMaskedEvaluator(backend, model, options)
        const masked = await evaluator.score(parameters, documents)
        const pseudo = await evaluator.pseudoPerplexity(parameters, [documents.ids.slice(0, 6)])
        await evaluator.dispose()
        return [masked.loss, masked.accuracy, masked.nextAccuracy!, pseudo.loss]
      }),
    )
    expectClose(scores[1]!, scores[0]!, 1e-5)
  },
)

test.each(['text', 'words'] as const)('fine-tuning for %s agrees, dropout included', async task => {
  const config = maskedModelConfig.parse({
    ...{ size: 8, heads: 2, layers: 1, inner: 12, positions: 16, deviation: 0.3 },
    ...{ dropout: 0.2, attentionDropout: 0.2 },
  })
  const model = fineTunedModel(config, { vocabularySize, task, classes: 3 })
  const objective = fineTuningObjective(model, { batch, time: length })
  const parameters = objective.init(random.key(2))
  const { ids, segments, mask } = source.next().arrays
  const asked = objective.batch.labels!.shape
  const count = asked.reduce((product, extent) => product * extent, 1)
  const int = (of: (i: number) => number) =>
    ndArray(
      'int32',
      asked,
      Int32Array.from({ length: count }, (_, i) => of(i)),
    )
  const arrays = {
    ...{ ids: ids!, segments: segments!, mask: mask! },
    places: int(i => (i % length) * batch + (task === 'text' ? 0 : Math.floor(i / length))),
    labels: int(i => i % 3),
    weights: ndArray(
      'float32',
      asked,
      Float32Array.from({ length: count }, (_, i) => (i % 4 === 3 ? 0 : 1)),
    ),
  }
  const wanted = await lossAndGradients(referenceBackend(), objective, parameters, arrays, 'train')
  const found = await lossAndGradients(onnxRuntimeBackend(), objective, parameters, arrays, 'train')
  for (const [index, array] of wanted.entries()) expectClose(found[index]!, array, 2e-5)
})
