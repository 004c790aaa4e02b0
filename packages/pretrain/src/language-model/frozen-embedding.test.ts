/** Word vectors that a model is given: where they start, and that frozen ones cost no gradient and do not move. */
import {
  adamW,
  type NdArray,
  ndArray,
  optimize,
  type Parameters,
  random,
  referenceBackend,
  traceTrainStep,
  train,
} from '@elman/core'
import { embeddingFromVectors, WordTable, WordVectors } from '@elman/embeddings'
import { lstm } from '@elman/layers-recurrent'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import { type LanguageModelOptions, languageModel } from './language-model.ts'
import { languageModelObjective, windowSource } from './objective.ts'

const WORDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const SIZE = 5
const matrix = Float32Array.from({ length: WORDS.length * SIZE }, (_, i) => Math.sin(i))
const vectors = new WordVectors({ words: WordTable.of(WORDS), dimensions: SIZE, matrix })
const { initializer } = embeddingFromVectors(vectors, WORDS)

function modelOf(options: Partial<LanguageModelOptions> = {}) {
  const cells = [lstm({ inputSize: SIZE, hidden: 4 })]
  return languageModel({
    ...{ vocabularySize: WORDS.length, embedding: SIZE, cells, embeddingInitializer: initializer },
    ...options,
  })
}

async function trained(options: Partial<LanguageModelOptions>, accumulate = 1): Promise<Parameters> {
  const model = modelOf(options)
  const groups = [...(model.parameterGroups ?? [])]
  const ids = Int32Array.from({ length: 60 }, (_, i) => (i * i) % WORDS.length)
  const { parameters } = await train({
    backend: referenceBackend(),
    objective: languageModelObjective(model, { batch: 2, time: 4 }),
    // weight decay moves a parameter even where its gradient is zero, unless it is frozen
    optimizer: adamW({ rate: 0.02, weightDecay: 0.1, clip: 1, groups }),
    source: windowSource(createTrainingStream(ids, { batch: 2, time: 4 })),
    steps: 10,
    accumulate,
    key: random.key(1),
  })
  return parameters
}

test.each([false, true])('frozen vectors are bit for bit the same after training (tied: %s)', async tied => {
  const parameters = await trained({ frozenEmbedding: true, tied })
  expect((parameters.embedding as NdArray).data).toEqual(matrix)
  const start = modelOf({ tied }).init(random.foldIn(random.key(1), 'parameters'))
  expect(parameters.rnn).not.toEqual(start.rnn)
  expect(parameters.softmax).not.toEqual(start.softmax)
})

test('frozen vectors stand still where an update takes several batches, too', async () => {
  const { embedding } = await trained({ frozenEmbedding: true }, 2)
  expect((embedding as NdArray).data).toEqual(matrix)
})

test('vectors that are tuned move, by the factor on their rate', async () => {
  const distance = (parameters: Parameters) =>
    Math.hypot(
      ...Array.from((parameters.embedding as NdArray).data as Float32Array, (x, i) => x - matrix[i]!),
    )
  const whole = distance(await trained({}))
  const slow = distance(await trained({ embeddingRateFactor: 0.1 }))
  expect(whole).toBeGreaterThan(0.1)
  expect(slow / whole).toBeGreaterThan(0.05)
  expect(slow / whole).toBeLessThan(0.2)
})

/** Primitives of a train step's graph that work on arrays as large as the table. */
function tableWork(options: Partial<LanguageModelOptions>): string[] {
  const model = modelOf(options)
  const objective = languageModelObjective(model, { batch: 2, time: 4 })
  const optimizer = adamW({
    rate: 0.02,
    weightDecay: 0.1,
    clip: 1,
    groups: [...(model.parameterGroups ?? [])],
  })
  const parameters = model.init(random.key(1))
  const state = { parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() }
  const { graph } = traceTrainStep(objective, optimizer, { ...state, batch: objective.batch })
  const isTable = (shape: readonly number[]) => `${shape}` === `${WORDS.length},${SIZE}`
  return optimize(graph).nodes.flatMap(({ primitive, outputs }) =>
    outputs.some(({ type }) => isTable(type.shape)) ? [primitive] : [],
  )
}

test('no gradient of frozen vectors is computed: what is left is the square of a zero, for the report', () => {
  expect(tableWork({})).toContain('scatterAdd')
  expect(tableWork({ tied: true })).toContain('matmul')
  for (const tied of [false, true]) {
    expect(tableWork({ frozenEmbedding: true, tied })).toEqual(['broadcastTo', 'mul'])
  }
})

test('a model starts with the vectors it is given, in both precisions; all else is drawn as without them', () => {
  const key = random.key(3)
  const { embedding: given, ...rest } = modelOf().init(key, 'float64')
  const { embedding: drawn, ...without } = modelOf({ embeddingInitializer: undefined }).init(key, 'float64')
  expect(given).toEqual(ndArray('float64', [WORDS.length, SIZE], Float64Array.from(matrix)))
  expect(drawn).not.toEqual(given)
  expect(rest).toEqual(without)
})
