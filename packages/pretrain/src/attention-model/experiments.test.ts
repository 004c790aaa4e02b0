/** Experiments with Transformers and hybrid stacks: they learn more than frequencies, resume to the same bits, write. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  loadCheckpoint,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { loadCorpus } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { loadModel } from '../experiment/load-model.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from '../experiment/run-experiment.ts'
import { createEvaluator } from '../language-model/evaluate.ts'
import { createGenerator } from '../language-model/generate.ts'
import { trainUnigram } from '../ngram/unigram.ts'
import { pretrain } from '../plugin.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const summary = 'the interpreter'
    const config = z.strictObject({})
    backend(
      defineComponent(BACKEND, { type: 'reference', summary, config, create: referenceBackend as never }),
    )
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-attention-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]}\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => line(i + from)).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

const small = { size: 8, heads: 2, inner: 12, layers: 1, context: 7 }
const dropout = { weights: 0.1, residual: 0.1 }
const softmax = { type: 'mixture', experts: 2 }
const MODELS = {
  'Transformer-XL': { type: 'transformer-lm', ...small, span: 'memory', norm: 'post', dropout },
  'sliding window': { type: 'transformer-lm', ...small, dropout },
  'segments of one window': { type: 'transformer-lm', ...small, positions: 'learned', dropout, softmax },
  hybrid: {
    type: 'hybrid-lm',
    embedding: 8,
    blocks: [
      { cell: { type: 'gru', hidden: 8 }, residual: true, past: { length: 4 } },
      { attention: { heads: 2, inner: 12, context: 7 } },
    ],
    dropout,
  },
}

const experiment = (model: object) =>
  resolveExperiment(
    {
      corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
      model,
      train: {
        epochs: 6,
        batch: 3,
        bptt: 7,
        stateReset: 0.05,
        optimizer: { type: 'adam', rate: 0.02, clip: 1 },
      },
      evaluate: { batch: 1, time: 8 },
      sample: { tokens: 6 },
      baseline: false,
      backend: 'reference',
    },
    container,
  )
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

test.each(Object.entries(MODELS))('%s', async (_name, model) => {
  const whole = await runExperiment(experiment(model), { ...options(), name: 'whole' })
  const loaded = await loadModel(whole.path, container)
  const { splits } = await loadCorpus(loaded.config.corpus, { baseDirectory: loaded.baseDirectory })
  const unigram = trainUnigram(splits.train.ids, loaded.vocabulary.size)
  expect(whole.test!.perplexity).toBeLessThan(unigram.score(splits.test!.ids).perplexity / 2)

  // stopped after the second pass and resumed: the same bits
  const controller = new AbortController()
  let evaluations = 0
  const stopped = await runExperiment(experiment(model), {
    ...{ ...options(), name: 'stopped', signal: controller.signal },
    onEvent: event => {
      if (event.kind === 'evaluate' && ++evaluations === 2) controller.abort()
    },
  })
  expect(stopped.outcome).toBe('interrupted')
  const resumed = await resumeExperiment(stopped.path, options())
  expect(resumed.test!.loss).toBe(whole.test!.loss)
  const arrays = async (path: string) => (await loadCheckpoint({ path })).arrays
  expect(await arrays(stopped.path)).toEqual(await arrays(whole.path))

  // what was stored scores the same, and writes
  const evaluator = await createEvaluator(referenceBackend(), loaded.model, loaded.vocabulary, { time: 8 })
  expect((await evaluator.score(loaded.parameters, splits.test!)).loss).toBe(whole.test!.loss)
  const generator = await createGenerator(referenceBackend(), loaded.model, loaded.vocabulary)
  const { text } = await generator.generate(loaded.parameters, {
    prompt: 'the cat',
    tokens: 3,
    temperature: 0,
  })
  expect(text).toBe(' sat on the')
})
