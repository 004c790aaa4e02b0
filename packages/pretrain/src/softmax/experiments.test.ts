/** Experiments with each softmax and each model: they learn, resume to the same bits, write, and can be exported. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  interpret,
  loadCheckpoint,
  type NdArray,
  readMetrics,
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
import { traceStepGraph } from '../language-model/step-graph.ts'
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
  root = mkdtempSync(join(tmpdir(), 'elman-softmax-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]}\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => line(i + from)).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

const recurrent = { type: 'recurrent-lm', embedding: 6, cell: { type: 'elman-sigmoid', hidden: 6 } }
const feedForward = { type: 'feed-forward-lm', order: 4, embedding: 4, hidden: 6 }
const MODELS = {
  mixture: { ...recurrent, tied: true, softmax: { type: 'mixture', experts: 2, latentDropout: 0.1 } },
  adaptive: { ...recurrent, softmax: { type: 'adaptive', cutoffs: [3, 6], divisor: 2 } },
  sampled: { ...recurrent, tied: true, softmax: { type: 'sampled', samples: 8 } },
  augmented: { ...recurrent, tied: true, augmentedLoss: { weight: 0.5, temperature: 2 } },
  'feed-forward': { ...feedForward, direct: true, dropout: { output: 0.1 } },
  'feed-forward, sampled': { ...feedForward, softmax: { type: 'sampled', samples: 8 } },
}

const experiment = (model: object) =>
  resolveExperiment(
    {
      corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
      model,
      train: { epochs: 3, batch: 3, bptt: 7, optimizer: { type: 'adam', rate: 0.05, clip: 1 } },
      evaluate: { batch: 2, time: 8, warmUp: 20 },
      sample: { tokens: 6 },
      baseline: false,
      backend: 'reference',
    },
    container,
  )
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

test.each(Object.entries(MODELS))('%s', async (_name, model) => {
  const whole = await runExperiment(experiment(model), { ...options(), name: 'whole' })
  const losses = readMetrics({ path: whole.path }).flatMap(record =>
    record.kind === 'evaluate' ? [record.loss] : [],
  )
  expect(losses.length).toBe(4)
  expect(losses[2]).toBeLessThan(1.2) // nats; words by their frequency alone give 2.0

  // stopped in the second pass and resumed: the same bits
  const controller = new AbortController()
  const stopped = await runExperiment(experiment(model), {
    ...{ ...options(), name: 'stopped', signal: controller.signal },
    onEvent: event => {
      if (event.kind === 'evaluate') controller.abort()
    },
  })
  expect(stopped.outcome).toBe('interrupted')
  const resumed = await resumeExperiment(stopped.path, options())
  expect(resumed.test!.loss).toBe(whole.test!.loss)
  const arrays = async (path: string) => (await loadCheckpoint({ path })).arrays
  expect(await arrays(stopped.path)).toEqual(await arrays(whole.path))

  // what was stored scores the same, writes, and its step graph gives the same probabilities
  const loaded = await loadModel(whole.path, container)
  const { splits } = await loadCorpus(loaded.config.corpus, { baseDirectory: loaded.baseDirectory })
  const evaluator = await createEvaluator(referenceBackend(), loaded.model, loaded.vocabulary, { time: 16 })
  const { loss } = await evaluator.score(loaded.parameters, splits.test!)
  expect(Math.abs(loss - whole.test!.loss)).toBeLessThan(1e-5)
  const generator = await createGenerator(referenceBackend(), loaded.model, loaded.vocabulary)
  const { ids } = await generator.generate(loaded.parameters, {
    prompt: 'the cat',
    tokens: 8,
    temperature: 0,
  })
  expect(ids.length).toBe(8)

  const { graph, initialState, inputNames } = traceStepGraph(loaded.model, loaded.parameters)
  expect(inputNames[0]).toBe('token')
  const each = await evaluator.tokenLogProbabilities(loaded.parameters, splits.test!.ids)
  let state: readonly NdArray[] = initialState
  let before = loaded.vocabulary.endOfSentence!
  for (const [at, id] of splits.test!.ids.subarray(0, 12).entries()) {
    const token: NdArray = { dtype: 'int32', shape: [1, 1], data: Int32Array.of(before) }
    const [probabilities, ...after] = interpret(graph, [token, ...state])
    expect(Math.log(Number(probabilities!.data[id]))).toBeCloseTo(each[at]!, 5)
    state = after
    before = id
  }
})
