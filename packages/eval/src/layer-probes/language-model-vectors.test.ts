import {
  compileFunction,
  corePlugin,
  createContainer,
  MODEL,
  ndArray,
  type Parameters,
  random,
  referenceBackend,
  type Tensor,
  type TensorParameters,
} from '@elman/core'
import { layersRecurrent, type SequenceState } from '@elman/layers-recurrent'
import { pretrain } from '@elman/pretrain'
import type { Vocabulary } from '@elman/text'
import { expect, test } from 'vitest'
import {
  languageModelLayerVectors,
  type ModelOfRun,
  untrainedLanguageModel,
} from './language-model-vectors.ts'
import { collectLayers } from './layer-vectors.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain])
const backend = referenceBackend()

const words = ['<unk>', '<eos>', 'the', 'cat', 'sat']
const vocabulary = {
  ...{ unit: 'word', unknown: 0, endOfSentence: 1, size: words.length, tokens: words },
  idOf: (word: string) => (words.includes(word) ? words.indexOf(word) : undefined),
} as unknown as Vocabulary

const config = {
  type: 'recurrent-lm',
  embedding: 5,
  cells: [
    { type: 'lstm', hidden: 6 },
    { type: 'gru', hidden: 5 },
  ],
  tied: true,
  dropout: { weights: 0.5, zoneout: 0.1 },
}
const model = container.create(MODEL, config)(words.length)
const run = {
  config: { model: config },
  ...{ model, vocabulary, parameters: model.init(random.key(2)) },
} as unknown as ModelOfRun

test('layer 0 is the word vector, the top layer what the softmax of the whole model reads', async () => {
  const vectors = await languageModelLayerVectors(backend, container, run, { batch: 2 })
  expect(vectors.layers.map(({ features }) => features)).toEqual([5, 6, 5])
  const rows = await collectLayers(vectors, [['the', 'Cat', 'zebra'], ['sat']])
  const ids = ndArray('int32', [4, 1], Int32Array.of(1, 2, 3, 0)) // end of sentence first
  const whole = await compileFunction(
    backend,
    (parameters: TensorParameters, state: SequenceState, given: Tensor) =>
      model.apply(parameters, given, state, { mode: 'evaluate' }).hidden!.raw,
    [run.parameters, model.initialState(1) as Parameters, ids] as never,
  )
  const expected = (await (whole as unknown as (...args: unknown[]) => Promise<{ data: Float32Array }>)(
    run.parameters,
    model.initialState(1),
    ids,
  )) as { data: Float32Array }
  for (const [i, value] of [...rows![2]!.data.subarray(0, 15)].entries()) {
    expect(value).toBeCloseTo(expected.data[5 + i]!, 6)
  }
  const table = (run.parameters as unknown as { embedding: { data: Float32Array } }).embedding.data
  expect([...rows![0]!.data.subarray(5, 10)]).toEqual([...table.subarray(15, 20)])
})

test("a sentence's vectors do not depend on its neighbours, nor on the batch", async () => {
  const sentences = [['the', 'cat', 'sat'], ['cat'], Array.from({ length: 20 }, () => 'the'), ['sat', 'cat']]
  const [one, three] = await Promise.all(
    [1, 3].map(async batch => {
      const vectors = await languageModelLayerVectors(backend, container, run, { batch })
      return collectLayers(vectors, sentences)
    }),
  )
  expect(three).toEqual(one)
})

test('the untrained twin has other vectors and another identity, the same each time', async () => {
  const identity = async (of: ModelOfRun) =>
    (await languageModelLayerVectors(backend, container, of, { batch: 1 })).identity
  const trained = await identity(run)
  expect(await identity(run)).toBe(trained)
  expect(await identity(untrainedLanguageModel(run, 1))).not.toBe(trained)
  expect(await identity(untrainedLanguageModel(run, 1))).toBe(await identity(untrainedLanguageModel(run, 1)))
})

test('models without word layers are refused with the reason', async () => {
  const other = { ...run, config: { model: { type: 'feed-forward-lm' } } } as unknown as ModelOfRun
  await expect(
    languageModelLayerVectors(backend, container, other),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_MODEL_UNSUPPORTED  layers of this kind of model cannot be probed
      expected model recurrent-lm, an ELMo, or word vectors
      found    model feed-forward-lm]
  `)
  const characters = { ...run, vocabulary: { ...vocabulary, unit: 'character' } } as ModelOfRun
  await expect(
    languageModelLayerVectors(backend, container, characters),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_MODEL_UNSUPPORTED  a model of characters has no vectors of words
      expected a model of words
      found    unit character]
  `)
  const closed = { ...run, vocabulary: { ...vocabulary, unknown: undefined } } as ModelOfRun
  const vectors = await languageModelLayerVectors(backend, container, closed, { batch: 1 })
  await expect(collectLayers(vectors, [['zebra']])).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_VOCABULARY_CLOSED  the model does not know "zebra", nor an unknown word
      probe a model whose vocabulary has <unk>]
  `)
})
