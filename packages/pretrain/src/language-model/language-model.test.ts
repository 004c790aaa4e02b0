import {
  type Cell,
  corePlugin,
  createContainer,
  evaluate,
  flattenParameters,
  MODEL,
  type NdArray,
  random,
  referenceBackend,
  resolveComponent,
  trace,
} from '@elman/core'
import { layersRecurrent, lstm } from '@elman/layers-recurrent'
import { decode, encode, encodeTrainingText } from '@elman/text'
import { expect, test } from 'vitest'
import { pretrain } from '../plugin.ts'
import { createEvaluator, perplexity } from './evaluate.ts'
import { createGenerator } from './generate.ts'
import { languageModel, parameterCount } from './language-model.ts'
import { zarembaLarge, zarembaMedium, zarembaSmall } from './presets.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain])

test.each([
  ['small', zarembaSmall, 4_651_600, 0.1],
  ['medium', zarembaMedium, 19_775_200, 0.05],
  ['large', zarembaLarge, 66_022_000, 0.04],
] as const)(
  "Zaremba's %s model has the published number of parameters, uniform in ± its scale",
  (_name, preset, count, scale) => {
    const model = container.create(MODEL, preset.model)(10_000)
    const parameters = model.init(random.key(1))
    expect(parameterCount(parameters)).toBe(count)
    for (const [path, { data }] of flattenParameters(parameters)) {
      let largest = 0
      for (const value of data as Float32Array) largest = Math.max(largest, Math.abs(value))
      expect(largest, path).toBeLessThanOrEqual(Math.fround(scale))
      expect(largest, path).toBeGreaterThan(scale * 0.98)
    }
  },
)

test('a tied model with vectors of another size than its states has a projection between', () => {
  const { config } = resolveComponent(container.registry(MODEL), {
    type: 'recurrent-lm',
    embedding: 6,
    tied: true,
    cell: { type: 'gru', hidden: 9 },
  })
  const model = container.create(MODEL, { type: 'recurrent-lm', ...(config as object) })(20)
  expect(
    [...flattenParameters(model.init(random.key(1)))].map(([path, { shape }]) => `${path} ${shape}`),
  ).toEqual([
    'embedding 20,6',
    'rnn.0.input 6,27',
    'rnn.0.recurrent 9,27',
    'rnn.0.bias 27',
    'rnn.0.recurrentBias 9',
    'projection 9,6',
    'softmax.bias 20',
  ])
})

const CHARACTERS = 'the cat sat on the mat\nthe dog sat on the log\n'.repeat(40)

async function characterModel() {
  const form = { unit: 'character', lines: 'none' } as const
  const rules = { minimumCount: 1, unknown: false }
  const { vocabulary, text } = await encodeTrainingText(
    [new TextEncoder().encode(CHARACTERS)],
    'a text',
    form,
    rules,
  )
  const cells = [lstm({ inputSize: 8, hidden: 8 })]
  return { model: languageModel({ vocabularySize: vocabulary.size, embedding: 8, cells }), vocabulary, text }
}

test('with skip connections the softmax reads the sum of all layers', () => {
  const cells = [lstm({ inputSize: 3, hidden: 3 }), lstm({ inputSize: 3, hidden: 3 })]
  const options = { vocabularySize: 5, embedding: 3, cells }
  const parameters = languageModel(options).init(random.key(2), 'float64')
  const ids: NdArray = { dtype: 'int32', shape: [4, 1], data: Int32Array.of(1, 4, 0, 2) }
  const hidden = (layers: readonly Cell[], skip: boolean) => {
    const model = languageModel({ ...options, cells: layers, skip })
    const state = model.initialState(1, 'float64')
    return evaluate(
      (p: never, x: never, s: never) => model.apply(p, x, s, { mode: 'evaluate' }).hidden!.raw,
      ...([parameters, ids, state] as const),
    ) as NdArray
  }
  const [lower, upper, sum] = [hidden(cells.slice(0, 1), false), hidden(cells, false), hidden(cells, true)]
  expect([...sum.data].map(Number)).toEqual(
    [...lower.data].map((value, i) => Number(value) + Number(upper.data[i])),
  )
})

test('the loss of a text does not depend on rows and windows, and every token is scored once', async () => {
  const { model, vocabulary, text } = await characterModel()
  const parameters = model.init(random.key(3))
  const scores = []
  for (const layout of [
    { batch: 1, time: 64 },
    { batch: 1, time: 50 },
    { batch: 3, time: 17, warmUp: 100 },
    { batch: 10, time: 64, warmUp: 100 },
  ]) {
    const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, layout)
    scores.push(await evaluator.score(parameters, text))
  }
  for (const { loss, tokens } of scores) {
    expect(tokens).toBe(text.ids.length)
    expect(Math.abs(loss - scores[0]!.loss)).toBeLessThan(1e-4)
  }
  expect(scores[0]!.bitsPerCharacter).toBeCloseTo(scores[0]!.loss / Math.LN2, 10)
  expect(scores[0]!.perplexity).toBeCloseTo(Math.exp(scores[0]!.loss), 10)
})

test('log-probabilities of the tokens add up to the loss of the text', async () => {
  const { model, vocabulary, text } = await characterModel()
  const parameters = model.init(random.key(3))
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, { batch: 2, time: 30 })
  const each = await evaluator.tokenLogProbabilities(parameters, text.ids)
  const { loss } = await evaluator.score(parameters, text)
  expect(-each.reduce((sum, value) => sum + value, 0) / each.length).toBeCloseTo(loss, 10)
  const same = await perplexity(evaluator, parameters, vocabulary, CHARACTERS)
  expect(same.loss).toBe(loss)
})

test('a seed writes the same text again, another seed another one', async () => {
  const { model, vocabulary } = await characterModel()
  const generator = await createGenerator(referenceBackend(), model, vocabulary)
  const parameters = model.init(random.key(3))
  const write = (seed: number) => generator.generate(parameters, { prompt: 'the ', tokens: 30, seed })
  const first = await write(1)
  expect(first.ids.length).toBe(30)
  expect(first.text).toBe(decode(vocabulary, first.ids))
  expect(await write(1)).toEqual(first)
  expect((await write(2)).text).not.toBe(first.text)
})

test('at temperature 0 the text is the most likely one, whatever the seed, and comes in pieces', async () => {
  const { model, vocabulary } = await characterModel()
  const generator = await createGenerator(referenceBackend(), model, vocabulary)
  const parameters = model.init(random.key(3))
  const pieces: string[] = []
  const first = await generator.generate(parameters, {
    temperature: 0,
    tokens: 20,
    onText: text => pieces.push(text),
  })
  expect((await generator.generate(parameters, { temperature: 0, tokens: 20, seed: 9 })).text).toBe(
    first.text,
  )
  expect(pieces.join('')).toBe(first.text)
  const logits = trace(
    (p, state, ids) => model.apply(p, ids, state as never, { mode: 'evaluate' }).logits,
    parameters,
    model.initialState(1) as typeof parameters,
    { dtype: 'int32', shape: [1, 1] } as unknown as NdArray,
  )
  const executable = await referenceBackend().compile(logits.graph)
  const start = encode(vocabulary, '\n')[0]!
  const states = [...flattenParameters(model.initialState(1) as typeof parameters).values()]
  const [row] = await executable.run([
    ...flattenParameters(parameters).values(),
    ...states,
    { dtype: 'int32', shape: [1, 1], data: Int32Array.of(start) },
  ])
  const numbers = Array.from(row!.data as Float32Array)
  expect(first.ids[0]).toBe(numbers.indexOf(Math.max(...numbers)))
})

test('a prompt that the vocabulary lacks is refused by name', async () => {
  const { model, vocabulary } = await characterModel()
  const generator = await createGenerator(referenceBackend(), model, vocabulary)
  const refused = generator.generate(model.init(random.key(3)), { prompt: 'the Zoë' })
  await expect(refused).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: GENERATE_UNKNOWN_PROMPT  the model's vocabulary lacks tokens of the prompt
      found    "Z", "ë"
      use characters that the training text has]
  `)
})
