/** Training end to end at tiny size: it learns, can be stopped and resumed, and is scored by the whole softmax. */
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
  type NdArray,
  readMetrics,
  readRun,
  referenceBackend,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { loadCorpus } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../plugin.ts'
import { fullSoftmax } from '../softmax/full-softmax.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { elmoModel } from './bidirectional-language-model.ts'
import { elmoCorpus } from './elmo-corpus.ts'
import { createElmoEvaluator } from './elmo-evaluator.ts'
import { type ElmoExperiment, resolveElmoExperiment } from './elmo-experiment.ts'
import { elmoSoftmax } from './elmo-objective.ts'
import { loadElmoRun } from './load-elmo-run.ts'
import { packSentences, sentenceSource } from './packed-sentences.ts'
import { resumeElmoExperiment, runElmoExperiment } from './train-elmo.ts'

const reference = definePlugin({
  ...{ name: 'reference', version: '1.0.0', apiVersion: 1, elman: '*' },
  register({ backend }) {
    backend(
      defineComponent(BACKEND, {
        type: 'reference',
        summary: 'the interpreter',
        config: z.strictObject({}),
        create: referenceBackend as never,
      }),
    )
  },
})
const container = createContainer([corePlugin, layersRecurrent, pretrain, reference])

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-elmo-'))
  const line = (i: number) =>
    `the ${['cat', 'dog', 'cow'][i % 3]} sat on the ${['mat', 'log'][(i >> 2) % 2]} ${i % 5 === 0 ? 'again' : ''}\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => line(i + from)).join('')
  writeFileSync(join(root, 'train.txt'), text(60, 0))
  writeFileSync(join(root, 'valid.txt'), text(10, 1))
  writeFileSync(join(root, 'test.txt'), text(10, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

const files = { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' }

function experiment(changes: { readonly [part: string]: unknown } = {}): ElmoExperiment {
  const config = {
    corpus: files,
    preset: 'tiny',
    model: { maxCharacters: 10 },
    softmax: { type: 'sampled', samples: 6 },
    train: {
      ...{ steps: 48, batch: 3, time: 5, logEvery: 6, evaluateEvery: 16 },
      optimizer: { type: 'adam', rate: 0.02, clip: 1 },
    },
    evaluate: { batch: 2, time: 8 },
    backend: 'reference',
    ...changes,
  }
  return resolveElmoExperiment(config, container)
}
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

test('the default optimiser is that of bilm-tf, the sizes those of the preset, changed by the model', () => {
  const { model, train } = resolveElmoExperiment(
    { corpus: 'wikitext-2', model: { hidden: 300 }, backend: 'reference' },
    container,
  )
  expect(train.optimizer).toMatchObject({ type: 'adagrad', rate: 0.2, initialSum: 1, clip: 10 })
  expect(train.dropout).toBe(0.1)
  expect(model).toMatchObject({ hidden: 300, projection: 128, cellClip: 3, projectionClip: 3, layers: 2 })
})

test('an unknown option is refused with the one that was meant', () => {
  expect(() => experiment({ model: { hiddn: 3 } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  model.hiddn is not an option of the ELMo experiment
      did you mean hidden?   (options: characterSize, filters, highwayLayers, activation, maxCharacters, layers, hidden, projection, cellClip, projectionClip, skipConnections)]
  `)
})

test('training lowers the perplexity of both directions, and the test is that of the best checkpoint', async () => {
  const result = await runElmoExperiment(experiment(), { ...options(), name: 'a' })
  expect(result.outcome).toBe('finished')
  const run = await readRun(result.path)
  const records = readMetrics(run)
  const of = (split: string) =>
    records.flatMap(record =>
      record.kind === 'evaluate' && record.split === split ? [record.perplexity] : [],
    )
  for (const split of ['valid', 'valid forward', 'valid backward']) {
    expect(of(split)).toHaveLength(3)
    expect(of(split).at(-1)!).toBeLessThan(of(split)[0]!)
  }
  expect(of('valid').at(-1)!).toBeLessThan(8) // 13 classes
  expect(records.some(record => record.kind === 'event' && record.message.includes('sampled softmax'))).toBe(
    true,
  )

  // The model of the run, scored again by other windows: the same number.
  const loaded = await loadElmoRun(result.path, container)
  const corpus = elmoCorpus(await loadCorpus(files, { baseDirectory: root }), 10, { minimumCount: 1 })
  const model = elmoModel(loaded.options)
  const softmax = elmoSoftmax(
    model,
    loaded.classTokens.length,
    container.create(SOFTMAX, loaded.config.softmax),
  )
  const evaluator = createElmoEvaluator(referenceBackend(), model, softmax, corpus, {
    batch: 1,
    time: 3,
    state: 'reset',
  })
  const score = await evaluator.score(loaded.parameters, corpus.splits.test!)
  expect(score.tokens).toBe(result.test!.tokens)
  expect(score.loss).toBeCloseTo((score.forward.loss + score.backward.loss) / 2, 6)
  expect(Math.abs(score.loss - result.test!.loss)).toBeLessThan(0.3) // state reset in one, carried in the other
}, 60_000)

test('stopped and resumed, training ends with the parameters of one that was not stopped', async () => {
  const whole = await runElmoExperiment(experiment(), { ...options(), name: 'whole' })
  const stop = new AbortController()
  const first = await runElmoExperiment(experiment(), {
    ...{ ...options(), name: 'stopped', signal: stop.signal },
    onEvent: event => {
      if (event.kind === 'log') stop.abort() // within a pass, after 6 of 48 steps
    },
  })
  expect(first).toMatchObject({ outcome: 'interrupted', step: 6, test: undefined })
  const second = await resumeElmoExperiment(first.path, options())
  expect(second).toMatchObject({ outcome: 'finished', step: 48 })
  expect(second.test!.loss).toBe(whole.test!.loss)
  const third = await resumeElmoExperiment(first.path, options()) // finished: only read
  expect(third).toMatchObject({ outcome: 'finished', step: 48, test: second.test! })
  const [a, b] = await Promise.all([whole, second].map(async ({ path }) => parametersOf(path)))
  expect([...a!.keys()]).toEqual([...b!.keys()])
  for (const [path, array] of a!) expect(b!.get(path)!.data, path).toEqual(array.data)
}, 60_000)

async function parametersOf(path: string): Promise<ReadonlyMap<string, NdArray>> {
  const checkpoint = await loadCheckpoint(await readRun(path), 'latest')
  return new Map([...checkpoint.arrays.parameters!])
}

test('the score of sentences depends neither on rows nor on the length of windows when the state is reset', async () => {
  const corpus = elmoCorpus(await loadCorpus(files, { baseDirectory: root }), 10, { minimumCount: 1 })
  const model = elmoModel({ ...experiment().model })
  const softmax = elmoSoftmax(model, corpus.classTokens.length, fullSoftmax)
  const parameters = { ...model.init([0, 3], 'float64'), ...softmax.init([0, 4], 'float64') }
  const scores: number[] = []
  for (const [batch, time] of [
    [1, 4],
    [3, 7],
    [20, 2],
  ] as const) {
    const layout = { batch, time, state: 'reset', dtype: 'float64' } as const
    const evaluator = createElmoEvaluator(referenceBackend(), model, softmax, corpus, layout)
    scores.push((await evaluator.score(parameters, corpus.splits.valid!)).loss)
    await evaluator.dispose()
  }
  expect(scores[1]).toBeCloseTo(scores[0]!, 12)
  expect(scores[2]).toBeCloseTo(scores[0]!, 12)
})

test('sentences are packed as in bilm-tf, for the backward model with their tokens in reverse', () => {
  const list = { ids: Int32Array.of(5, 6, 7, 8), starts: Int32Array.of(0, 3, 4) }
  const { forward, backward, starts } = packSentences(list)
  expect([...starts]).toEqual([0, 4])
  expect([...forward.input]).toEqual([1, 5, 6, 7, 1, 8])
  expect([...forward.target]).toEqual([5, 6, 7, 0, 8, 0])
  expect([...backward.input]).toEqual([0, 7, 6, 5, 0, 8])
  expect([...backward.target]).toEqual([7, 6, 5, 1, 8, 1])
})

test('the source of windows goes on from a position as if it had not been left', async () => {
  const corpus = elmoCorpus(await loadCorpus(files, { baseDirectory: root }), 10, { minimumCount: 1 })
  const make = () => sentenceSource(corpus, { batch: 3, time: 5, seed: 1, shuffle: true })
  const [a, b] = [make(), make()]
  const perPass = a.batchesPerEpoch
  for (let i = 0; i < perPass + 2; i++) a.next()
  b.restore(a.position())
  for (let i = 0; i < perPass; i++) expect(b.next()).toEqual(a.next())
})

test('rare words are predicted as <UNK> but read by their characters', async () => {
  const corpus = await loadCorpus(files, { baseDirectory: root })
  const { tokens, classes, classTokens, characters } = elmoCorpus(corpus, 10, {
    minimumCount: 1,
    maximumSize: 5,
  })
  expect(classTokens).toEqual(['</S>', '<S>', '<UNK>', 'the', 'on'])
  const id = tokens.indexOf('again')
  expect(classes[id]).toBe(2)
  expect([...characters.subarray(id * 10, id * 10 + 7)]).toEqual([258, 97, 103, 97, 105, 110, 259])
})

test('a corpus of characters is refused', async () => {
  const corpus = await loadCorpus({ ...files, unit: 'character' }, { baseDirectory: root })
  expect(() => elmoCorpus(corpus, 10, { minimumCount: 1 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_CORPUS_UNFIT  ELMo reads sentences of words
      expected a corpus of unit "word" whose lines end in <eos>
      found    unit "character"
      in corpus]
  `)
})
