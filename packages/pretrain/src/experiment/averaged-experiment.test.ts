/** A small AWD-LSTM through both of its stages: windows of random length, averaging, fine-tuning, resumes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  flattenParameters,
  loadCheckpoint,
  readMetrics,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { loadCorpus } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createEvaluator } from '../language-model/evaluate.ts'
import { pretrain } from '../plugin.ts'
import { awdLstmPtb, fineTuned } from '../recipes/index.ts'
import type { ExperimentEvent } from './experiment-events.ts'
import { loadModel } from './load-model.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from './run-experiment.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const summary = 'the interpreter'
    const create = referenceBackend as never
    backend(defineComponent(BACKEND, { type: 'reference', summary, config: z.strictObject({}), create }))
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-awd-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]}\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => line(i + from)).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

const cell = (hidden: number) => ({ ...awdLstmPtb.model.cells[0], hidden })
const stage = {
  ...awdLstmPtb,
  corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
  model: {
    ...{ ...awdLstmPtb.model, embedding: 8, cells: [cell(10), cell(8)] },
    dropout: { kind: 'locked', embeddingRows: 0.05, input: 0.1, between: 0.1, output: 0.1, weights: 0.2 },
  },
  train: {
    ...awdLstmPtb.train,
    ...{ epochs: 14, batch: 3, bptt: 12, stateReset: 0.1, penalties: { activation: 0.1, temporal: 0.1 } },
    variableBptt: { step: 4, deviation: 3 },
    optimizer: { ...awdLstmPtb.train.optimizer, rate: 9 },
    averaging: { trigger: 'non-monotonic', patience: 1 },
  },
  evaluate: { batch: 2, time: 8, warmUp: 20 },
  sample: false,
  baseline: false,
  backend: 'reference',
} as const
const resolved = (config: object) => resolveExperiment(config, container)
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

/** Valid losses by step. */
const validOf = (path: string) =>
  readMetrics({ path }).flatMap(record =>
    record.kind === 'evaluate' && record.split === 'valid' ? [[record.step, record.loss] as const] : [],
  )

test('averaging starts once, the best checkpoint holds the averages, and the model of the run is the averaged one', async () => {
  const events: ExperimentEvent[] = []
  const result = await runExperiment(resolved(stage), {
    ...options(),
    name: 'a',
    onEvent: event => void events.push(event),
  })
  const starts = events.flatMap(event => (event.kind === 'averaging' ? [event.step] : []))
  expect(starts).toHaveLength(1)
  const valid = validOf(result.path)
  expect(valid).toHaveLength(14)
  const best = Math.min(...valid.map(([, loss]) => loss))
  const [bestStep] = valid.find(([, loss]) => loss === best)!
  expect(result.best).toEqual({ score: best, step: bestStep })
  expect(bestStep).toBeGreaterThan(starts[0]!)

  const { model, parameters, vocabulary, config, baseDirectory } = await loadModel(result.path, container)
  const { splits } = await loadCorpus(config.corpus, { baseDirectory })
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, config.evaluate)
  expect((await evaluator.score(parameters, splits.valid!)).loss).toBe(best)
  const { arrays } = await loadCheckpoint({ path: result.path }, 'best')
  const trained = arrays.parameters!.get('rnn.0.recurrent')!
  expect(flattenParameters(parameters).get('rnn.0.recurrent')).not.toEqual(trained)

  const texts = readMetrics({ path: result.path }).flatMap(record =>
    record.kind === 'event' ? [record.message] : [],
  )
  expect(texts[0]).toContain('gradient of the mean loss, clip 0.25; weights averaged once a score is above')
  const rates = events.flatMap(event => (event.kind === 'step' ? [event.rate] : []))
  expect(new Set(rates).size).toBeGreaterThan(2)
  for (const rate of rates) expect((rate * 12) / 9).toBeCloseTo(Math.round((rate * 12) / 9), 9) // the length
})

test('stopped anywhere and resumed, a run ends with the bits of one that was not', async () => {
  const whole = await runExperiment(resolved(stage), { ...options(), name: 'whole' })
  const [average] = readMetrics({ path: whole.path }).flatMap(record =>
    record.kind === 'event' && record.message.startsWith('the weights are averaged') ? [record.step] : [],
  )
  const stops = [2, average! - 1, average! + 1, average! + 7]
  const stopper = (at: number | undefined) => {
    const controller = new AbortController()
    const onEvent = (event: ExperimentEvent) => {
      if (event.kind === 'step' && event.step === at) controller.abort()
    }
    return { signal: controller.signal, onEvent }
  }
  let result = await runExperiment(resolved(stage), { ...options(), name: 'stopped', ...stopper(stops[0]) })
  for (const at of [...stops.slice(1), undefined]) {
    expect(result.outcome).toBe('interrupted')
    result = await resumeExperiment(result.path, { ...options(), ...stopper(at) })
  }
  expect(result.outcome).toBe('finished')
  const arrays = async (path: string, which: 'latest' | 'best') =>
    (await loadCheckpoint({ path }, which)).arrays
  for (const which of ['latest', 'best'] as const) {
    expect(await arrays(result.path, which)).toEqual(await arrays(whole.path, which))
  }
  expect(validOf(result.path)).toEqual(validOf(whole.path))
  expect(result.test!.loss).toBe(whole.test!.loss)
})

test('fine-tuning starts from the best of a run, averages from the first update and stops by the same rule', async () => {
  const first = await runExperiment(resolved(stage), { ...options(), name: 'first' })
  const events: ExperimentEvent[] = []
  // At a rate so high the weights are thrown about, and so is their mean.
  const hasty = {
    optimizer: { ...stage.train.optimizer, rate: 300 },
    earlyStopping: { rule: 'non-monotonic', patience: 1 },
  }
  const second = fineTuned(stage, 'first')
  const config = resolved({
    ...second,
    train: { ...second.train, ...hasty },
  })
  const result = await runExperiment(config, {
    ...options(),
    name: 'second',
    onEvent: event => void events.push(event),
  })
  const valid = validOf(result.path)
  expect(valid[0]).toEqual([0, first.best!.score])
  expect(result.best!.score).toBe(Math.min(...valid.map(([, loss]) => loss)))
  expect(result.outcome).toBe('stopped-early')
  const [last, ...earlier] = valid
    .slice(1)
    .map(([, loss]) => loss)
    .reverse()
  expect(last).toBeGreaterThan(Math.min(...earlier.slice(1)))
  expect(events.some(({ kind }) => kind === 'averaging')).toBe(false)
  const messages = readMetrics({ path: result.path }).flatMap(record =>
    record.kind === 'event' ? [record.message] : [],
  )
  expect(messages[0]).toBe(
    `parameters of run first, step ${first.best!.step}, valid loss ${Number(first.best!.score.toPrecision(6))}`,
  )
  expect(messages[1]).toContain('weights averaged from the start')
  const again = await resumeExperiment(result.path, options())
  expect([again.outcome, again.step, again.best]).toEqual([result.outcome, result.step, result.best])
})

test('a run of another vocabulary or model is no start', async () => {
  await runExperiment(resolved({ ...stage, train: { ...stage.train, epochs: 1 } }), {
    ...options(),
    name: 'first',
  })
  const failure = async (config: object, name: string) =>
    runExperiment(resolved(config), { ...options(), name }).then(
      () => 'went well',
      error => String(error.message).replaceAll(root, 'ROOT').replaceAll('\\', '/'),
    )
  const wider = fineTuned({ ...stage, model: { ...stage.model, cells: [cell(7), cell(5)] } }, 'first')
  expect(await failure(wider, 'wider')).toMatchInlineSnapshot(`
    "CHECKPOINT_OTHER_MODEL  the checkpoint is of another model or optimiser
      expected rnn.0.input float32[8,28]
      found    float32[8,40]
      in ROOT/first/checkpoints/12, parameters
      resume with the config that the run began with"
  `)
  writeFileSync(join(root, 'other.txt'), 'the hen sat on the mat\n'.repeat(40))
  const other = fineTuned(
    { ...stage, corpus: { type: 'text-files', train: 'other.txt', valid: 'other.txt' } },
    'first',
  )
  expect(await failure(other, 'other')).toMatchInlineSnapshot(`
    "INITIAL_RUN_VOCABULARY  the run to go on from was trained on another vocabulary
      expected its own 10 tokens in their order
      found    7 tokens
      in ROOT/first
      train on the same corpus with the same rules for its vocabulary"
  `)
  expect(await failure(fineTuned(stage, 'nowhere'), 'lost')).toContain('RUN_NOT_FOUND')
})

test('a run whose training loss cannot be compared with its evaluations says so once, at its start', async () => {
  const { path } = await runExperiment(
    resolved({
      ...stage,
      model: { ...stage.model, augmentedLoss: { weight: 0.5 } },
      train: { ...stage.train, epochs: 1 },
    }),
    { ...options(), name: 'augmented' },
  )
  await resumeExperiment(path, options())
  const events = readMetrics({ path }).flatMap(record => (record.kind === 'event' ? [record] : []))
  const labels = events.filter(({ message }) => message.includes('not comparable'))
  expect(labels).toEqual([
    {
      ...{ kind: 'event', step: 0, name: 'start' },
      message: 'training losses are of another kind than evaluations: augmented loss (not comparable)',
    },
  ])
})
