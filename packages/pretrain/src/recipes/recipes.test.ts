import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  flattenParameters,
  MODEL,
  random,
  referenceBackend,
  SCHEDULE,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createOptimizer } from '../experiment/create-optimizer.ts'
import { resolveExperiment } from '../experiment/run-experiment.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { pretrain } from '../plugin.ts'
import {
  awdLstmPtb,
  awdLstmWikiText2,
  fineTuned,
  gruMedium,
  inanLarge,
  inanMedium,
  melis10m,
  melis24m,
  oneHourPtb,
  variationalLarge,
  variationalMedium,
} from './index.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const create = referenceBackend as never
    const summary = 'the interpreter'
    backend(defineComponent(BACKEND, { type: 'reference', summary, config: z.strictObject({}), create }))
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

/** Weights of an LSTM layer; PyTorch's has two biases. */
const lstmWeights = (input: number, hidden: number, biases: number) =>
  4 * hidden * (input + hidden) + biases * 4 * hidden
const awdWeights = (vocabulary: number) =>
  vocabulary * 400 +
  lstmWeights(400, 1150, 2) +
  lstmWeights(1150, 1150, 2) +
  lstmWeights(1150, 400, 2) +
  vocabulary
const zarembaWeights = (hidden: number, tied: boolean) =>
  (tied ? 1 : 2) * 10_000 * hidden + 2 * lstmWeights(hidden, hidden, 1) + 10_000
const gruWeights = (input: number, hidden: number) => 3 * hidden * (input + hidden) + 3 * hidden + hidden

const presets = [
  ['AWD-LSTM, Penn Treebank', awdLstmPtb, 10_000, 24_221_600, awdWeights(10_000)],
  ['AWD-LSTM, WikiText-2', awdLstmWikiText2, 33_278, 33_556_078, awdWeights(33_278)],
  ['Melis, 10 million', melis10m, 10_000, 9_997_280, 10_000 * 269 + lstmWeights(268, 1194, 1) + 1194 * 268],
  ['Melis, 24 million', melis24m, 10_000, 23_978_896, 10_000 * 724 + 4 * lstmWeights(723, 723, 1)],
  [
    ...(['one hour', oneHourPtb, 10_000, 8_889_680] as const),
    10_000 * 401 + lstmWeights(400, 704, 1) + lstmWeights(704, 400, 1),
  ],
  ['variational, medium', variationalMedium, 10_000, 19_775_200, zarembaWeights(650, false)],
  ['variational, large', variationalLarge, 10_000, 66_022_000, zarembaWeights(1500, false)],
  ['Inan, medium', inanMedium, 10_000, 13_275_200, zarembaWeights(650, true)],
  ['Inan, large', inanLarge, 10_000, 51_022_000, zarembaWeights(1500, true)],
  ['GRU, medium', gruMedium, 10_000, 18_085_200, 2 * 10_000 * 650 + 2 * gruWeights(650, 650) + 10_000],
] as const

const resolve = (preset: object) =>
  resolveExperiment({ corpus: 'ptb', backend: 'reference', ...preset }, container)

test.each(presets)(
  '%s: an experiment whose model has the number of parameters',
  (_, preset, vocabulary, count, formula) => {
    expect(formula).toBe(count)
    const config = resolve(preset)
    const model = container.create(MODEL, config.model)(vocabulary)
    const parameters = model.init(random.key(1))
    expect(parameterCount(parameters)).toBe(count)
    const optimizer = createOptimizer(config, model, container)
    expect(optimizer.rate).toBeGreaterThan(0)
    const inited = [...flattenParameters(optimizer.init(parameters)).keys()]
    expect(inited.includes('from')).toBe('averaging' in preset.train)
  },
)

test('AWD-LSTM has the published recipe, complete', () => {
  const { model, train, seed } = resolve(awdLstmPtb)
  expect(model).toMatchObject({
    embedding: 400,
    tied: true,
    dropout: { kind: 'locked', embeddingRows: 0.1, input: 0.4, between: 0.25, output: 0.4, weights: 0.5 },
  })
  expect(train).toMatchObject({
    ...{ epochs: 500, batch: 20, bptt: 70, loss: 'mean', stateReset: 0 },
    variableBptt: { shortProbability: 0.05, deviation: 5, shortest: 5, step: 10 },
    penalties: { activation: 2, temporal: 1 },
    averaging: { trigger: 'non-monotonic', patience: 5 },
    optimizer: { type: 'sgd', rate: 30, clip: 0.25, weightDecay: 1.2e-6 },
  })
  expect(seed).toBe(141)
})

test('fine-tuning takes all of a stage but its averaging and its end', () => {
  const { initialRun, train, model, seed } = resolve(fineTuned(awdLstmPtb, 'runs/awd'))
  expect(initialRun).toEqual({ path: 'runs/awd', checkpoint: 'best' })
  expect(train.averaging).toEqual({ trigger: 'start', patience: 5 })
  expect(train.earlyStopping).toMatchObject({ rule: 'non-monotonic', patience: 5 })
  const first = resolve(awdLstmPtb)
  expect([model, seed]).toEqual([first.model, first.seed])
  const { averaging: _, earlyStopping: __, ...rest } = train
  const { averaging: ___, ...firstRest } = first.train
  expect(rest).toEqual(firstRest)
})

test("Melis' optimiser has no mean of gradients, and its rate falls after 26 turns without gain", () => {
  const config = resolve(melis10m)
  const schedule = container.create(SCHEDULE, config.train.schedule)
  let state = schedule.observe!(schedule.initialState, 4)
  const rates = Array.from({ length: 27 }, () => {
    state = schedule.observe!(state, 4)
    return schedule.rate(0.00418, { step: 0, epoch: 0 }, state)
  })
  expect(rates.findIndex(rate => rate < 0.004)).toBe(25) // the 26th without gain
  expect(rates.at(-1)).toBeCloseTo(0.000418, 12)
})
