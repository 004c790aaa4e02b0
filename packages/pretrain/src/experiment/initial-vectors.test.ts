/** Experiments whose model begins with word vectors from a file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  adam,
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  flattenParameters,
  loadCheckpoint,
  type NdArray,
  ndArray,
  random,
  readMetrics,
  referenceBackend,
  train,
} from '@elman/core'
import { readFastText } from '@elman/embeddings'
import { layersRecurrent } from '@elman/layers-recurrent'
import { createTrainingStream, loadCorpus, type Vocabulary } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createEvaluator } from '../language-model/evaluate.ts'
import { createGenerator } from '../language-model/generate.ts'
import { initialVectorsConfig } from '../language-model/initial-vectors-config.ts'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { pretrain } from '../plugin.ts'
import type { ExperimentEvent } from './experiment-events.ts'
import { readInitialVectors } from './initial-vectors.ts'
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

/** `Dog` and the end of a sentence are written otherwise than in the text; `cow` and <unk> are missing. */
const VECTORS = ['the 1 2 3', 'cat 0.5 0 -1', 'Dog -1 1 -1', '</s> 0 0 0.25', 'sat 1 0 0', 'elsewhere 9 9 9']

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-vectors-'))
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => `the ${['cat', 'dog', 'cow'][(i + from) % 3]} sat\n`).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
  writeFileSync(join(root, 'words.vec'), `${VECTORS.length} 3\n${VECTORS.join('\n')}\n`)
})
afterEach(() => rmSync(root, { recursive: true }))

const experiment = (initialVectors: object, model: object = {}) =>
  resolveExperiment(
    {
      corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
      model: {
        ...{ type: 'recurrent-lm', embedding: 3, cell: { type: 'lstm', hidden: 4 } },
        ...model,
        initialVectors: { file: 'words.vec', ...initialVectors },
      },
      train: { epochs: 2, batch: 3, bptt: 7, keep: 5, optimizer: { type: 'adam', rate: 0.02, clip: 1 } },
      evaluate: { batch: 2, time: 8, warmUp: 20 },
      sample: { tokens: 6 },
      baseline: false,
      backend: 'reference',
    },
    container,
    'elman.config.ts',
  )
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

/** Rows of the table by token, at a checkpoint. */
async function tableOf(path: string, which: 'latest' | number = 'latest') {
  const { vocabulary } = await loadModel(path, container)
  const { arrays } = await loadCheckpoint({ path }, which)
  const { data } = arrays.parameters!.get('embedding')!
  return Object.fromEntries(
    vocabulary.tokens.map((token, id) => [token, Array.from(data as Float32Array).slice(id * 3, id * 3 + 3)]),
  )
}

test('a run begins with the vectors, says what they cover, and stores it beside their hash', async () => {
  const events: ExperimentEvent[] = []
  const onEvent = (event: ExperimentEvent) => void events.push(event)
  const config = experiment({ caseFallback: true, missing: 'mean' })
  const { path } = await runExperiment(config, { ...options(), name: 'a', onEvent })

  const start = await tableOf(path, 0)
  expect(start).toMatchObject({ the: [1, 2, 3], cat: [0.5, 0, -1], dog: [-1, 1, -1], '<eos>': [0, 0, 0.25] })
  expect(start.cow).toEqual([1.5 / 5, 3 / 5, 1.25 / 5].map(Math.fround))
  expect((await tableOf(path)).the).not.toEqual([1, 2, 3]) // tuned unless told otherwise

  const event = events.find(({ kind }) => kind === 'vectors') as Extract<ExperimentEvent, { kind: 'vectors' }>
  expect(event.text).toMatchInlineSnapshot(
    `"vectors from words.vec, tuned: 5 of 7 words have vectors (91.7 % of the text), of them 2 under another spelling; without: cow, <unk>"`,
  )
  expect(readMetrics({ path })).toContainEqual({ kind: 'event', step: 0, name: 'start', message: event.text })
  const stored = (file: string) => JSON.parse(readFileSync(join(path, file), 'utf8'))
  expect(stored('data.json').vectors).toEqual(event.vectors)
  expect(event.vectors.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(stored('config.json').model.initialVectors.sha256).toBe(event.vectors.sha256)
})

test.each([false, true])('frozen vectors end as they began, bit for bit (tied: %s)', async tied => {
  const { path } = await runExperiment(experiment({ tune: false }, { tied }), { ...options(), name: 'a' })
  const [first, last] = [await tableOf(path, 0), await tableOf(path)]
  expect(last).toEqual(first)
  expect(first.cat).toEqual([0.5, 0, -1])
  const { arrays } = await loadCheckpoint({ path })
  expect([...arrays.optimizer!.keys()].filter(name => name.endsWith('.embedding'))).toEqual([])
})

test('a frozen table is itself where evaluation uses averages of the weights', async () => {
  const config = experiment({ tune: false })
  const optimizer = { type: 'asgd', rate: 0.1, lambda: 0.1, averageFrom: 0 }
  const { path } = await runExperiment(
    { ...config, train: { ...config.train, optimizer } },
    { ...options(), name: 'a' },
  )
  const { parameters } = await loadModel(path, container, 'latest')
  const { arrays } = await loadCheckpoint({ path })
  expect(parameters.embedding).toEqual(arrays.parameters!.get('embedding'))
  expect((await tableOf(path)).cat).toEqual([0.5, 0, -1])
  const { bias } = parameters.softmax as { readonly bias: NdArray }
  expect(bias).not.toEqual(arrays.parameters!.get('softmax.bias'))
})

test('a fastText model spells the tokens that it lacks, when asked; other files are refused for that', async () => {
  const file = fileURLToPath(new URL('../../../embeddings/src/files/fixtures/skipgram.bin', import.meta.url))
  const model = await readFastText(file)
  const vocabulary = { tokens: ['sat', 'the', '<unk>'], counts: [3, 6, 1] } as unknown as Vocabulary
  const read = (options: object) => {
    const config = initialVectorsConfig.parse({ file, missing: 'zero', ...options })
    return readInitialVectors({ config, size: model.dimensions }, vocabulary, root, random.key(1))
  }
  const { table, card } = await read({ spell: true })
  const spelled = ['sat', 'the', '<unk>'].flatMap(token => [...model.vectorOf(token)!])
  expect(Array.from(table.data as Float32Array)).toEqual(spelled)
  const { coverage } = (await read({})).card
  expect(card.coverage.found).toBe(3)
  expect(card.coverage.spelled).toBe(3 - coverage.found)
  expect(coverage.found).toBeLessThan(3)
  await expect(read({ file: 'words.vec', spell: true })).rejects.toThrow('EMBEDDING_FILE_FORMAT_MISMATCH')
})

test('the stored config runs again with the same numbers, and refuses another file of that name', async () => {
  const first = await runExperiment(experiment({}), { ...options(), name: 'a' })
  const stored = resolveExperiment(
    JSON.parse(readFileSync(join(first.path, 'config.json'), 'utf8')),
    container,
  )
  const second = await runExperiment(stored, { ...options(), name: 'b' })
  expect(second.test!.loss).toBe(first.test!.loss)
  writeFileSync(join(root, 'words.vec'), '1 3\nthe 0 0 0\n')
  const message = await runExperiment(stored, { ...options(), name: 'c' }).catch(error => error.message)
  expect(message.replaceAll(root, 'FOLDER').replace(/[0-9a-f]{64}/g, 'HASH')).toMatchInlineSnapshot(`
    "INITIAL_VECTORS_CHANGED  the file of word vectors is not the one that the config was made for
      expected sha256 HASH
      found    sha256 HASH
      in FOLDER/words.vec
      put the original file back, or take "sha256" out of model.initialVectors to use this one"
  `)
})

test('a run goes on, is scored and writes when the file is gone', async () => {
  const whole = await runExperiment(experiment({ tune: false }), { ...options(), name: 'whole' })
  const controller = new AbortController()
  let steps = 0
  const onEvent = ({ kind }: ExperimentEvent) => {
    if (kind === 'step' && ++steps === 7) controller.abort()
  }
  const { path, outcome } = await runExperiment(experiment({ tune: false }), {
    ...{ ...options(), name: 'stopped', signal: controller.signal, onEvent },
  })
  expect(outcome).toBe('interrupted')
  rmSync(join(root, 'words.vec'))
  const resumed = await resumeExperiment(path, options())
  expect(resumed.test!.loss).toBe(whole.test!.loss)
  const arrays = async (run: string) => (await loadCheckpoint({ path: run })).arrays
  expect(await arrays(path)).toEqual(await arrays(whole.path))
  const card = (run: string) => JSON.parse(readFileSync(join(run, 'data.json'), 'utf8')).vectors
  expect(card(path)).toEqual(card(whole.path))
  expect(card(path).coverage.found).toBe(4)

  const { model, parameters, vocabulary, config } = await loadModel(path, container)
  const { splits } = await loadCorpus(config.corpus, { baseDirectory: root })
  const evaluator = await createEvaluator(referenceBackend(), model, vocabulary, config.evaluate)
  expect((await evaluator.score(parameters, splits.test!)).loss).toBe(whole.test!.loss)
  const generator = await createGenerator(referenceBackend(), model, vocabulary)
  expect((await generator.generate(parameters, { prompt: 'the', tokens: 5 })).ids.length).toBe(5)
})

test('one step from the file equals one from a table set by hand', async () => {
  const config = experiment({ missing: 'zero' })
  const { path } = await runExperiment(
    { ...config, train: { ...config.train, steps: 1 } },
    { ...options(), name: 'a' },
  )
  const { model, vocabulary } = await loadModel(path, container)
  const byHand = vocabulary.tokens.flatMap(token => {
    const line = VECTORS.find(text => text.startsWith(`${token === '<eos>' ? '</s>' : token} `))
    return line === undefined ? [0, 0, 0] : line.split(' ').slice(1).map(Number)
  })
  const { splits } = await loadCorpus(config.corpus, { baseDirectory: root })
  const objective = languageModelObjective(model, { batch: 3, time: 7 })
  const key = random.key(config.seed)
  const { parameters } = await train({
    ...{ backend: referenceBackend(), objective, key, steps: 1 },
    optimizer: adam({ rate: 0.02, clip: 1 }),
    source: windowSource(createTrainingStream(splits.train.ids, { batch: 3, time: 7 })),
    parameters: {
      ...objective.init(random.foldIn(key, 'parameters')),
      embedding: ndArray('float32', [vocabulary.size, 3], Float32Array.from(byHand)),
    },
  })
  const { arrays } = await loadCheckpoint({ path }, 1)
  expect(flattenParameters(parameters)).toEqual(arrays.parameters)
  expect(Array.from((parameters.embedding as NdArray).data as Float32Array)).not.toEqual(byHand)
})

test.each<[string, object, object]>([
  ['a model of another size', {}, { embedding: 5 }],
  ['a file that is not there', { file: 'nowhere.vec' }, {}],
  ['a file without a word of the text', { file: 'other.vec' }, {}],
])('%s is refused before a run begins', async (_name, vectors, model) => {
  writeFileSync(join(root, 'other.vec'), '2 3\nTHE 1 2 3\nCAT 1 2 3\n')
  const error = await runExperiment(experiment(vectors, model), { ...options(), name: 'a' }).catch(e => e)
  expect(error.message.replaceAll(root, 'FOLDER')).toMatchSnapshot()
  await expect(loadModel(join(root, 'a'), container)).rejects.toThrow('RUN_NOT_FOUND')
})

test.each<[string, object]>([
  ['a rate of vectors that do not learn', { tune: false, rateFactor: 0.1 }],
  ['a policy that does not exist', { missing: 'guess' }],
  ['an option that does not exist', { frozen: true }],
])('%s is refused in the config', (_name, vectors) => {
  expect(() => experiment(vectors)).toThrowErrorMatchingSnapshot()
})
