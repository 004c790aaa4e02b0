/** What holds of every evaluator whatever the numbers: limits, sums to one, purity, columns, progress, refusals. */
import {
  corePlugin,
  createContainer,
  definePlugin,
  isNdArray,
  leavesOf,
  logSoftmax,
  MODEL,
  mul,
  type NdArray,
  random,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { decode, encodeTrainingText } from '@elman/text'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createEvaluator } from '../language-model/evaluate.ts'
import { createGenerator } from '../language-model/generate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import { pretrain } from '../plugin.ts'
import { dynamicEvaluator } from './dynamic.ts'
import { monteCarloEvaluator } from './monte-carlo.ts'
import { neuralCacheEvaluator } from './neural-cache.ts'
import { scoreWithEvaluators } from './score-with-evaluators.ts'
import type { ScoringDetails, ScoringOptions, ScoringProgress } from './scoring-options.ts'
import { staticEvaluator } from './static.ts'
import { type EvaluatorFactory, evaluatorScorer } from './text-evaluator.ts'

const container = createContainer([corePlugin, layersRecurrent, pretrain])
const TEXT = 'the cat sat on the mat\nthe dog sat on the log\nthe zebra ran\n'
const form = { unit: 'character', lines: 'none' } as const
const rules = { minimumCount: 1, unknown: false }
const bytes = [new TextEncoder().encode(TEXT)]
const { vocabulary, text } = await encodeTrainingText(bytes, 'a text', form, rules)
const small = { type: 'recurrent-lm', embedding: 6, cell: { type: 'lstm', hidden: 7 }, initialScale: 0.8 }
const makeModel = (options: object = {}): LanguageModel =>
  container.create(MODEL, { ...small, ...options })(vocabulary.size)
const model = makeModel()
const parameters = model.init(random.key(5), 'float64')

async function read(
  factory: EvaluatorFactory,
  how: ScoringOptions & { subject?: LanguageModel; ids?: Int32Array } = {},
): Promise<Float64Array> {
  const { subject = model, ids = text.ids, ...options } = how
  const training = Int32Array.of(...text.ids, ...text.ids)
  const setup = { dtype: 'float64', training } as const
  const evaluator = await factory.create(subject, vocabulary, referenceBackend(), setup)
  return evaluator.tokenLogProbabilities(parameters, ids, options)
}
const plain = await read(staticEvaluator())

test('a cache without weight, without words, or learning without rate gives the static result to the bit', async () => {
  for (const factory of [
    neuralCacheEvaluator({ weight: 0 }),
    neuralCacheEvaluator({ window: 0, weight: 0.5 }),
    dynamicEvaluator({ rule: 'sgd', rate: 0, segment: 64 }),
    dynamicEvaluator({ rule: 'rms', rate: 0, segment: 64 }),
  ]) {
    expect(await read(factory)).toEqual(plain)
  }
  for (const rule of ['sgd', 'rms'] as const) {
    const short = await read(dynamicEvaluator({ rule, rate: 0, segment: 3 }))
    for (const [at, value] of plain.entries()) expect(short[at]).toBeCloseTo(value, 12)
  }
})

test('Monte Carlo over a model that drops nothing gives the static result', async () => {
  const found = await read(monteCarloEvaluator({ passes: 3, together: 2 }))
  for (const [at, value] of plain.entries()) expect(found[at]).toBeCloseTo(value, 12)
})

test.each([
  ['static', staticEvaluator()],
  ['neural cache', neuralCacheEvaluator({ window: 9, sharpness: 2, weight: 0.4, time: 7 })],
  ['dynamic, SGD', dynamicEvaluator({ rule: 'sgd', rate: 0.3, segment: 3 })],
  ['dynamic, RMS', dynamicEvaluator({ rule: 'rms', rate: 0.01, decay: 0.1, epsilon: 0.01, segment: 4 })],
  ['Monte Carlo', monteCarloEvaluator({ passes: 4, together: 2, time: 5, masks: 'window' })],
] as const)('%s: the probabilities of all words that could come next sum to 1', async (_name, factory) => {
  const subject = makeModel({ dropout: { input: 0.3, output: 0.4, kind: 'locked' } })
  const before = text.ids.subarray(0, 31)
  let total = 0
  for (let id = 0; id < vocabulary.size; id++) {
    const found = await read(factory, { subject, ids: Int32Array.of(...before, id) })
    total += Math.exp(found.at(-1)!)
  }
  expect(total).toBeCloseTo(1, 10)
})

test('the first token of a text, before which the cache is empty, has the probability of the model', async () => {
  const found = await read(neuralCacheEvaluator({ weight: 0.9 }))
  expect(found[0]).toBe(plain[0])
  expect(found[1]).not.toBe(plain[1])
})

test('what adapts leaves the parameters as they were, and says how far its copy went', async () => {
  const copies = leavesOf<NdArray>(parameters, isNdArray).map(({ data }) => data.slice())
  let details: ScoringDetails = {}
  const factory = dynamicEvaluator({ rule: 'sgd', rate: 0.5, segment: 5 })
  const first = await read(factory, { onDetails: found => (details = found) })
  expect(leavesOf<NdArray>(parameters, isNdArray).map(({ data }) => data)).toEqual(copies)
  expect(details.updates).toBe(Math.ceil(text.ids.length / 5) - 1)
  expect(details.drift).toBeGreaterThan(0.01)
  expect(await read(factory)).toEqual(first)
})

test('learning on, and remembering words, both help on a text that repeats itself', async () => {
  const ids = Int32Array.from({ length: 400 }, (_, at) => text.ids[at % 23]!)
  const loss = async (factory: EvaluatorFactory) => {
    const found = await read(factory, { ids })
    return -found.reduce((total, value) => total + value, 0) / ids.length
  }
  const still = await loss(staticEvaluator())
  expect(await loss(neuralCacheEvaluator({ window: 100, sharpness: 5, weight: 0.5 }))).toBeLessThan(
    still - 0.5,
  )
  expect(await loss(dynamicEvaluator({ rule: 'sgd', rate: 0.1 }))).toBeLessThan(still - 0.5)
  expect(await loss(dynamicEvaluator({ rule: 'rms', rate: 0.005 }))).toBeLessThan(still - 0.5)
})

test('Monte Carlo: a seed is a result, and the average predicts no worse than single passes', async () => {
  const subject = makeModel({ dropout: { between: 0.5, output: 0.5, kind: 'locked' } })
  const run = async (options: Parameters<typeof monteCarloEvaluator>[0]) => {
    let details: ScoringDetails = {}
    const onDetails = (found: ScoringDetails) => {
      details = found
    }
    const found = await read(monteCarloEvaluator(options), { subject, onDetails })
    return { found, ...(details as { single: number; perplexities: number[] }) }
  }
  const first = await run({ passes: 7, together: 3, seed: 4 })
  expect((await run({ passes: 7, together: 3, seed: 4 })).found).toEqual(first.found)
  expect((await run({ passes: 7, together: 3, seed: 5 })).found).not.toEqual(first.found)
  expect(first.perplexities).toHaveLength(7)
  expect(new Set(first.perplexities).size).toBe(7)
  expect(first.perplexities.at(-1)).toBeLessThan(first.single)
  const prefix = await run({ passes: 6, together: 3, seed: 4 })
  expect(prefix.perplexities).toEqual(first.perplexities.slice(0, 6))
})

test('masks of a pass are the same in every window, masks of a window are not', async () => {
  const subject = makeModel({ dropout: { output: 0.5, kind: 'locked' } })
  const passes = { passes: 1, together: 1 }
  const short = await read(monteCarloEvaluator({ ...passes, time: 5 }), { subject })
  const long = await read(monteCarloEvaluator({ ...passes, time: 60 }), { subject })
  for (const [at, value] of long.entries()) expect(short[at]).toBeCloseTo(value, 12)
  const anew = await read(monteCarloEvaluator({ ...passes, time: 5, masks: 'window' }), { subject })
  expect(anew).not.toEqual(short)
})

/** A model that is no softmax of its logits: all words are equally likely, whatever `logits` say. */
const uniform: LanguageModel = {
  ...model,
  logProbabilities(given, ids, state, context) {
    const { logits, ...rest } = model.apply(given, ids, state, context)
    return { ...rest, logProbabilities: logSoftmax(mul(logits, 0)) }
  },
}

test('a model that has log-probabilities of its own is scored and sampled by them', async () => {
  for (const factory of [
    staticEvaluator(),
    dynamicEvaluator({ rule: 'sgd' }),
    monteCarloEvaluator({ passes: 1 }),
  ]) {
    for (const value of await read(factory, { subject: uniform })) {
      expect(value).toBeCloseTo(-Math.log(vocabulary.size), 12)
    }
  }
  const generator = await createGenerator(referenceBackend(), uniform, vocabulary, { dtype: 'float64' })
  const written = await generator.generate(parameters, { tokens: 3, temperature: 0 })
  expect(written.text).toBe(decode(vocabulary, Int32Array.of(0, 0, 0)))
})

test('one call scores with several evaluators and keeps what adapts in a column of its own', async () => {
  const seen: (ScoringProgress & { evaluator: string })[] = []
  const { static: still, adaptive } = await scoreWithEvaluators({
    ...{ services: container, backend: referenceBackend(), model, parameters, vocabulary, text },
    ...{ training: text.ids, dtype: 'float64' },
    evaluators: [
      'static',
      { type: 'neural-cache', window: 50 },
      { type: 'dynamic', segment: 10 },
      { type: 'monte-carlo', passes: 2 },
    ],
    onProgress: progress => seen.push(progress),
  })
  const lines = (scores: typeof still) => scores.map(({ type, name }) => `${type}: ${name}`)
  expect(lines(still)).toEqual(['static: static', 'monte-carlo: Monte Carlo dropout (2 passes, seed 0)'])
  expect(lines(adaptive)).toEqual([
    'neural-cache: neural cache (window 50, θ 1, λ 0.1)',
    'dynamic: dynamic, RMS (segments of 10, η 0.00005, λ 0.002)',
  ])
  expect(still[0]!.logProbabilities).toEqual(plain)
  expect(still[0]!.options).toEqual({ batch: 1, time: 64, warmUp: 256 })
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, { dtype: 'float64' })
  const { seconds: _, ...score } = await evaluator.score(parameters, text)
  expect(still[0]).toMatchObject({ ...score, loss: expect.closeTo(score.loss, 12) })
  for (const phase of ['statistics', 'score'] as const) {
    const last = seen.filter(each => each.phase === phase && each.evaluator.startsWith('dynamic')).at(-1)!
    expect([last.done, last.secondsLeft]).toEqual([last.total, 0])
  }
  expect(seen.at(-1)).toMatchObject({ done: text.ids.length * 2, total: text.ids.length * 2 })
})

test("a plugin's evaluator is used by its name", async () => {
  const flat: EvaluatorFactory = {
    adaptive: false,
    readsTraining: false,
    create: async ({ vocabularySize }) => ({
      name: 'flat',
      adaptive: false,
      tokenLogProbabilities: async (_, ids) => new Float64Array(ids.length).fill(-Math.log(vocabularySize)),
      dispose: async () => {},
    }),
  }
  const plugin = definePlugin({
    ...{ name: 'elman-plugin-flat', version: '1.0.0', apiVersion: 1, elman: '*' },
    register({ evaluator }) {
      evaluator({ type: 'flat', summary: 'all alike', config: z.strictObject({}), create: () => flat })
    },
  })
  const services = createContainer([corePlugin, layersRecurrent, pretrain, plugin])
  const task = { services, backend: referenceBackend(), model, parameters, vocabulary, text }
  const { static: scores } = await scoreWithEvaluators({ ...task, evaluators: ['flat'] })
  expect(scores[0]!.perplexity).toBeCloseTo(vocabulary.size, 10)
})

test('an evaluator with its model is a scorer that says whether it adapts', async () => {
  const setup = { dtype: 'float64' } as const
  const backend = referenceBackend()
  const still = evaluatorScorer(await staticEvaluator().create(model, vocabulary, backend, setup), parameters)
  const cache = evaluatorScorer(
    await neuralCacheEvaluator().create(model, vocabulary, backend, setup),
    parameters,
  )
  expect([still.adaptive, cache.adaptive]).toEqual([false, true])
  expect(await still.logProbabilities(text.ids)).toEqual(plain)
  expect((await cache.logProbabilities(text.ids))[0]).toBe(plain[0])
})

test.each([
  ['static', staticEvaluator({ time: 5 })],
  ['neural-cache', neuralCacheEvaluator({ time: 5 })],
  ['dynamic', dynamicEvaluator({ rule: 'rms' })],
  ['monte-carlo', monteCarloEvaluator({ time: 5 })],
] as const)('%s stops where its signal says, with the reason', async (_name, factory) => {
  const control = new AbortController()
  let windows = 0
  const stopped = read(factory, {
    signal: control.signal,
    onProgress: () => {
      windows += 1
      if (windows === 2) control.abort(new Error('enough'))
    },
  })
  await expect(stopped).rejects.toThrow('enough')
  expect(windows).toBe(2)
})

test('what cannot be done is refused with the way out', async () => {
  const blind: LanguageModel = {
    ...model,
    apply(given, ids, state, context) {
      const { logits, state: after } = model.apply(given, ids, state, context)
      return { logits, state: after }
    },
  }
  await expect(read(neuralCacheEvaluator(), { subject: blind })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: NEURAL_CACHE_WITHOUT_HIDDEN  a neural cache compares hidden vectors, and this model does not tell its own
      expected \`hidden: { raw, dropped }\` in what the model's apply (or logProbabilities) returns
      use another evaluator, or have the model return the vectors that its softmax reads]
  `)
  await expect(
    dynamicEvaluator().create(model, vocabulary, referenceBackend()),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: DYNAMIC_TRAINING_TEXT_MISSING  rule "rms" of dynamic evaluation measures gradients over the training text, and none was given
      give the text that the model was trained on as setup.training
      or use rule "sgd"]
  `)
  const far = read(dynamicEvaluator({ rule: 'sgd', rate: 1e200 }))
  await expect(far).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: DYNAMIC_EVALUATION_DIVERGED  the updates of dynamic evaluation threw the model off: a loss is not finite at token 7
      found    NaN; updates so far: 1
      lower the rate]
  `)
})

test('options that make no sense together are refused by their path', async () => {
  const task = {
    ...{ services: container, backend: referenceBackend(), model, parameters, vocabulary, text },
    evaluators: ['static', { type: 'dynamic', rule: 'sgd', epsilon: 1 }],
  }
  await expect(scoreWithEvaluators(task)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_INVALID  evaluators.1.rule is wrong for evaluator "dynamic": epsilon, settings and statistics are options of rule "rms"
      found    "sgd"]
  `)
  const unknown = scoreWithEvaluators({ ...task, evaluators: [{ type: 'neural-cache', windw: 3 }] })
  await expect(unknown).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  evaluators.0.windw is not an option of evaluator "neural-cache"
      did you mean window?   (options: window, sharpness, weight, time)]
  `)
})
