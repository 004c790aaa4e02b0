import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  adam,
  asgd,
  averagedOptimizer,
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  flattenParameters,
  isElmanError,
  loadCheckpoint,
  type Optimizer,
  type Parameters,
  random,
  readRun,
  referenceBackend,
  sgd,
  train,
} from '@elman/core'
import { layersRecurrent, lstm } from '@elman/layers-recurrent'
import { createTrainingStream } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { loadModel } from '../experiment/load-model.ts'
import { resolveExperiment, resumeExperiment, runExperiment } from '../experiment/run-experiment.ts'
import { languageModel } from '../language-model/language-model.ts'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { pretrain } from '../plugin.ts'
import { sparsityOf } from './magnitude-masks.ts'
import { prunedOptimizer } from './pruned-optimizer.ts'

const schedule = { final: 0.75, begin: 4, end: 20, every: 4 }
const model = languageModel({ vocabularySize: 8, embedding: 6, cells: [lstm({ inputSize: 6, hidden: 8 })] })
const ids = Int32Array.from({ length: 400 }, (_, i) => (i * i + (i >> 3)) % 8)

async function trained(
  optimizer: Optimizer,
  steps: number,
  seen: (parameters: Parameters) => void = () => {},
) {
  let evaluations = 0
  const { parameters } = await train({
    ...{ backend: referenceBackend(), optimizer, steps, evaluateEvery: 1, key: random.key(1) },
    objective: languageModelObjective(model, { batch: 4, time: 5 }),
    source: windowSource(createTrainingStream(ids, { batch: 4, time: 5 })),
    async evaluate(current) {
      seen(structuredClone(current) as Parameters)
      evaluations += 1
      return { score: evaluations, records: [] } // ever worse, which starts averaging
    },
  })
  return parameters
}

const zerosOf = (parameters: Parameters) =>
  Object.fromEntries(sparsityOf(parameters).arrays.map(({ path, sparsity }) => [path, sparsity]))

test('sparsity follows the schedule, biases stay, and what is pruned stays 0 while the rest learns', async () => {
  const history: Parameters[] = []
  const end = await trained(prunedOptimizer(adam({ rate: 0.02, clip: 1 }), schedule), 26, p =>
    history.push(p),
  )
  const weights = ['embedding', 'rnn.0.input', 'rnn.0.recurrent', 'softmax.weight']
  const sparsities = history.map(parameters => zerosOf(parameters)['rnn.0.recurrent'])
  // after update 4 nothing is asked for yet; updates 8, 12, 16 and 20 change the masks; 256 weights
  const share = (fraction: number) => Math.floor(0.75 * (1 - (1 - fraction) ** 3) * 256) / 256
  expect([sparsities[3], sparsities[7], sparsities[11], sparsities[15]]).toEqual(
    [0, 0.25, 0.5, 0.75].map(share),
  )
  expect(sparsities.slice(19)).toEqual(Array(7).fill(0.75))
  const zeros = zerosOf(end)
  for (const path of weights) expect(zeros[path], path).toBe(0.75)
  expect(zeros['rnn.0.bias'] ?? 0).toBeLessThan(0.75)
  // each zero stays where it is, though the optimiser has momentum; some of the others move
  for (let step = 1; step < history.length; step++) {
    const [before, after] = [flattenParameters(history[step - 1]!), flattenParameters(history[step]!)]
    for (const path of weights) {
      before.get(path)!.data.forEach((value, i) => {
        if (value === 0) expect(after.get(path)!.data[i] === 0, `${path}[${i}] at ${step}`).toBe(true)
      })
    }
    expect(after.get('rnn.0.recurrent')!.data).not.toEqual(before.get('rnn.0.recurrent')!.data)
  }
})

test.each([
  ['asgd', asgd({ rate: 0.1, averageFrom: 0, lambda: 0 })],
  [
    'a mean that evaluations start',
    averagedOptimizer(sgd({ rate: 0.1 }), { trigger: 'non-monotonic', patience: 0 }),
  ],
])('averages of an optimiser are pruned as well: %s', async (_, inner) => {
  const optimizer = prunedOptimizer(inner, schedule)
  let last: Parameters = {}
  const end = await trained(optimizer, 24, parameters => {
    last = parameters
  })
  expect(last).not.toEqual(end)
  expect(zerosOf(last)['softmax.weight']).toBe(0.75)
})

test('only arrays that a pattern names are pruned, and over all of them together where asked', async () => {
  const options = { ...schedule, scope: 'global', parameters: ['rnn.**', 'softmax.weight'] } as const
  const end = await trained(prunedOptimizer(adam({ rate: 0.02 }), options), 20)
  const { arrays } = sparsityOf(end)
  const named = arrays.filter(({ path }) => path !== 'embedding' && path !== 'softmax.bias')
  const total = (key: 'zeros' | 'elements') => named.reduce((sum, array) => sum + array[key], 0)
  expect(total('zeros')).toBe(Math.floor(0.75 * total('elements')))
  expect(arrays.find(({ path }) => path === 'embedding')!.zeros).toBe(0)
  expect(new Set(named.map(({ sparsity }) => sparsity)).size).toBeGreaterThan(1)
})

test('a pattern that matches nothing is refused', () => {
  const optimizer = prunedOptimizer(adam({ rate: 1 }), { ...schedule, parameters: ['rnn.0.recurent'] })
  let text = ''
  try {
    optimizer.init(model.init([0, 0]))
  } catch (error) {
    if (isElmanError(error)) text = error.message
  }
  expect(text).toMatchInlineSnapshot(`
    "PRUNING_UNMATCHED  no parameter that could be pruned matches the pattern "rnn.0.recurent"
      did you mean rnn.0.recurrent?   (parameters: embedding, rnn.0.input, rnn.0.recurrent, rnn.0.bias, softmax.weight, softmax.bias)"
  `)
})

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    const parts = { type: 'reference', summary: 'the interpreter', config: z.strictObject({}) }
    backend(defineComponent(BACKEND, { ...parts, create: referenceBackend as never }))
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-pruned-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]}\n`
  for (const name of ['train', 'valid']) {
    writeFileSync(join(root, `${name}.txt`), Array.from({ length: 40 }, (_, i) => line(i)).join(''))
  }
})
afterEach(() => rmSync(root, { recursive: true }))

test('an experiment that prunes, stopped between two changes of the masks, goes on with the same bits', async () => {
  const config = resolveExperiment(
    {
      corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt' },
      model: { type: 'recurrent-lm', embedding: 6, cell: { type: 'lstm', hidden: 8 } },
      train: {
        ...{ steps: 24, batch: 3, bptt: 7, evaluateEvery: 24 },
        optimizer: { type: 'pruned', optimizer: { type: 'adam', rate: 0.02, clip: 1 }, ...schedule },
      },
      ...{ sample: false, baseline: false, backend: 'reference' },
    },
    container,
  )
  const options = { backend: referenceBackend(), container, directory: root, baseDirectory: root }
  await runExperiment(config, { ...options, name: 'whole' })
  const stop = new AbortController()
  const result = await runExperiment(config, {
    ...{ ...options, name: 'parts', signal: stop.signal },
    onEvent: event => {
      if (event.kind === 'step' && event.step === 14) stop.abort()
    },
  })
  expect(result.outcome).toBe('interrupted')
  await resumeExperiment(join(root, 'parts'), options)
  const [whole, parts] = [
    await loadCheckpoint(await readRun(join(root, 'whole')), 'latest'),
    await loadCheckpoint(await readRun(join(root, 'parts')), 'latest'),
  ]
  expect(parts.arrays).toEqual(whole.arrays)
  expect([...whole.arrays.optimizer!.keys()].some(path => path.startsWith('pruning.'))).toBe(true)
  const { parameters } = await loadModel(join(root, 'parts'), container)
  expect(zerosOf(parameters)['rnn.0.recurrent']).toBe(0.75)
})
