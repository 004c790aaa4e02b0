import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
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
import type { ExperimentEvent } from './experiment-events.ts'
import { loadModel } from './load-model.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from './run-experiment.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const summary = 'the interpreter'
    backend(
      defineComponent(BACKEND, {
        type: 'reference',
        summary,
        config: z.strictObject({}),
        create: referenceBackend as never,
      }),
    )
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-experiment-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]}\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => line(i + from)).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

const experiment = () =>
  resolveExperiment(
    {
      corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
      model: {
        type: 'recurrent-lm',
        embedding: 6,
        cell: { type: 'lstm', hidden: 8 },
        dropout: { input: 0.1, output: 0.2, weights: 0.1 },
      },
      train: { epochs: 3, batch: 3, bptt: 7, optimizer: { type: 'adam', rate: 0.02, clip: 1 }, logEvery: 5 },
      evaluate: { batch: 2, time: 8, warmUp: 20 },
      sample: { tokens: 6 },
      baseline: { order: 3 },
      backend: 'reference',
    },
    container,
  )
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

test('an experiment learns, is compared with the baseline, and its model can be loaded and scored again', async () => {
  const events: ExperimentEvent['kind'][] = []
  const result = await runExperiment(experiment(), {
    ...options(),
    name: 'a',
    onEvent: ({ kind }) => {
      if (kind !== 'step' && kind !== 'log') events.push(kind)
    },
  })
  const epoch = ['evaluate', 'sample', 'checkpoint'] as const
  expect(events).toEqual([
    ...['run', 'baseline', 'baseline', 'corpus', 'model', 'checkpoint', 'start'],
    ...[...epoch, ...epoch, ...epoch, 'finish', 'test'],
  ])
  expect(readdirSync(join(root, 'a')).filter(name => !name.startsWith('events.'))).toEqual([
    ...['checkpoints', 'config.json', 'data.json', 'environment.json', 'metrics.jsonl', 'vocabulary.json'],
  ])
  const records = readMetrics({ path: join(root, 'a') })
  const losses = records.flatMap(record => (record.kind === 'evaluate' ? [record.loss] : []))
  expect(losses[2]).toBeLessThan(losses[0]! - 0.5)
  expect(result.test).toEqual(records.at(-1))

  const { model, parameters, vocabulary, step, config, baseDirectory } = await loadModel(
    join(root, 'a'),
    container,
  )
  expect(step).toBe(result.best!.step)
  const { splits } = await loadCorpus(config.corpus, { baseDirectory })
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, config.evaluate)
  expect((await evaluator.score(parameters, splits.test!)).loss).toBe(result.test!.loss)
})

test('the stored config of a run can be run again and gives the same numbers', async () => {
  const first = await runExperiment(experiment(), { ...options(), name: 'a' })
  const stored = JSON.parse(readFileSync(join(root, 'a', 'config.json'), 'utf8'))
  const second = await runExperiment(resolveExperiment(stored, container), { ...options(), name: 'b' })
  expect(second.test!.loss).toBe(first.test!.loss)
  expect(readFileSync(join(root, 'b', 'config.json'), 'utf8')).toBe(
    readFileSync(join(root, 'a', 'config.json'), 'utf8'),
  )
})

const CHILD = `
import { corePlugin, createContainer, definePlugin, referenceBackend } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { z } from 'zod'
import { pretrain } from ${JSON.stringify(new URL('../plugin.ts', import.meta.url).href)}
import { resumeExperiment } from ${JSON.stringify(new URL('./run-experiment.ts', import.meta.url).href)}
const reference = definePlugin({ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*', register({ backend }) {
  backend({ type: 'reference', summary: 'the interpreter', config: z.strictObject({}), create: referenceBackend })
} })
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])
const onEvent = ({ kind, step }) => { if (kind === 'step') process.stdout.write(step + '\\n') }
await resumeExperiment(process.env.RUN, { backend: referenceBackend(), container, onEvent })
`

test('a run killed in each of its passes and resumed ends with the bits of one that was not', {
  timeout: 120_000,
}, async () => {
  const whole = await runExperiment(experiment(), { ...options(), name: 'whole' })
  const controller = new AbortController()
  const listener = ({ kind }: ExperimentEvent) => {
    if (kind === 'start') controller.abort()
  }
  const stopped = await runExperiment(experiment(), {
    ...{ ...options(), name: 'killed', signal: controller.signal, onEvent: listener },
  })
  expect(stopped.outcome).toBe('interrupted')
  const flags = ['--import', 'tsx', '--conditions=elman-source', '--input-type=module', '-e', CHILD]
  for (let kills = 0; ; kills++) {
    const child = spawn(process.execPath, flags, {
      cwd: new URL('../..', import.meta.url),
      env: { ...process.env, RUN: stopped.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let left = kills < 3 ? 12 + 5 * kills : Number.POSITIVE_INFINITY
    child.stdout.on('data', text => {
      left -= String(text).split('\n').length - 1
      if (left <= 0) child.kill('SIGKILL')
    })
    const [code] = await once(child, 'close')
    if (code === 0) {
      expect(kills).toBeGreaterThan(1)
      break
    }
  }
  const arrays = async (path: string) => (await loadCheckpoint({ path })).arrays
  expect(await arrays(stopped.path)).toEqual(await arrays(whole.path))
  const scores = (path: string) =>
    readMetrics({ path }).flatMap(record =>
      record.kind === 'evaluate' ? [[record.step, record.split, record.loss]] : [],
    )
  expect(scores(stopped.path)).toEqual(scores(whole.path))
})

test('a finished run that is resumed stays as it is', async () => {
  const { path } = await runExperiment(experiment(), { ...options(), name: 'a' })
  const before = readFileSync(join(path, 'metrics.jsonl'), 'utf8')
  const again = await resumeExperiment(path, options())
  expect(again.outcome).toBe('finished')
  expect(readFileSync(join(path, 'metrics.jsonl'), 'utf8')).toBe(before)
})

test('a run does not go on when its text has changed', async () => {
  const { path } = await runExperiment(experiment(), { ...options(), name: 'a' })
  writeFileSync(join(root, 'train.txt'), 'another text\n'.repeat(100))
  const message = await resumeExperiment(path, options()).catch(error => error.message)
  const plain = message.replaceAll(path, 'RUN').replace(/[0-9a-f]{64}/g, 'HASH')
  expect(plain).toMatchInlineSnapshot(`
    "CORPUS_CHANGED  the text is not the one that the run began with
      expected fingerprint HASH
      found    fingerprint HASH
      in RUN
      put the original files back, or start a new run"
  `)
})

test('an experiment needs no more than the name of a corpus', () => {
  const { corpus, model, train } = resolveExperiment(
    { corpus: 'wiki-sample', backend: 'reference' },
    container,
  )
  expect(corpus).toEqual({ type: 'wiki-sample' })
  expect(model).toMatchObject({ type: 'recurrent-lm', cell: { type: 'lstm', hidden: 200 }, layers: 1 })
  expect(train).toMatchObject({
    epochs: 5,
    batch: 20,
    bptt: 35,
    optimizer: { type: 'adam', rate: 0.002, clip: 1 },
  })
})

test('an unknown option is refused with its path', () => {
  const config = { corpus: { type: 'ptb' }, backend: 'reference', train: { bppt: 35 } }
  expect(() => resolveExperiment(config, container, 'elman.config.ts')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  train.bppt is not an option of the experiment
      did you mean bptt?   (options: epochs, steps, batch, bptt, variableBptt, stateReset, accumulate, optimizer, schedule, loss, penalties, averaging, evaluateEvery, checkpointEvery, logEvery, keep, earlyStopping)
      in elman.config.ts]
  `)
})
