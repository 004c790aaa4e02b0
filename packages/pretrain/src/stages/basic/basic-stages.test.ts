/** The stages that every pipeline needs, run in pipelines on bundled and written texts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  referenceBackend,
  STAGE,
} from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { loadTokenizer, textDatasets } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { loadModel } from '../../experiment/load-model.ts'
import { resolvePipeline } from '../../pipeline/resolve-pipeline.ts'
import { runPipeline } from '../../pipeline/run-pipeline.ts'
import { pretrain } from '../../plugin.ts'
import { writePredictions } from '../predictions.ts'
import type { Stage } from '../stage.ts'
import { readLabelledSplit } from './labelled-splits.ts'

/** Says `pos` of every text, in the order of the split. */
const optimist = defineComponent(STAGE, {
  type: 'optimist',
  summary: 'predicts pos',
  config: z.strictObject({ forget: z.int().default(0) }),
  create: ({ forget }): Stage => ({
    inputs: { labelled: { kind: 'labelled-texts', summary: 'texts' } },
    outputs: { predictions: { kind: 'predictions', summary: 'all pos' } },
    async run({ inputs, outputDirectory }) {
      const texts = (await readLabelledSplit(inputs.labelled!.path, 'test'))!
      const said = texts.slice(forget).map(({ id }) => ({ id, label: 'pos' }))
      await writePredictions(await outputDirectory('predictions'), said)
      return { outcome: 'finished', outputs: { predictions: {} } }
    },
  }),
})
const container = createContainer([
  ...[corePlugin, textDatasets, layersRecurrent, pretrain],
  definePlugin({
    ...{ name: 'test-parts', version: '0.1.0', apiVersion: 1, elman: '^0.1.0' },
    register({ stage, backend }) {
      stage(optimist)
      const config = z.strictObject({})
      const create = () => referenceBackend()
      backend(defineComponent(BACKEND, { type: 'reference', summary: 'plain', config, create }))
    },
  }),
])

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-basic-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(stages: readonly object[], directory = 'out', seed = 1) {
  const plan = await resolvePipeline(
    { backend: 'reference', seed, stages },
    { container, baseDirectory: folder },
  )
  const backend = referenceBackend()
  return runPipeline(plan, { directory: join(folder, directory), container, backend })
}
const result = (stage: string, output: string, directory = 'out') =>
  join(folder, directory, 'stages', stage, 'result', output)
const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n')
const message = (error: Error) => error.message.replaceAll(folder, 'FOLDER').replaceAll('\\', '/')

test('a dataset becomes text with its parts, and a tokenizer learns from the training part alone', async () => {
  writeFileSync(join(folder, 'a.txt'), Array.from({ length: 40 }, (_, i) => `line${i} of words\n`).join(''))
  const fractions = { valid: 0.2, test: 0.2 }
  const { stages } = await run([
    { name: 'text', type: 'text', corpus: { type: 'text-files', file: 'a.txt', fractions } },
    {
      ...{ name: 'words', type: 'tokenizer', inputs: { text: 'text.text' } },
      tokenizer: { type: 'word', minimumCount: 1 },
    },
  ])
  const parts = ['train', 'valid', 'test'].map(split =>
    readFileSync(join(result('text', 'text'), `${split}.txt`)),
  )
  expect(Buffer.concat(parts)).toEqual(readFileSync(join(folder, 'a.txt')))
  const tokenizer = await loadTokenizer(join(result('words', 'tokenizer'), 'tokenizer.json'))
  expect(tokenizer.idOf('line0')).toBeDefined()
  expect(tokenizer.idOf('line39')).toBeUndefined()
  expect(stages.words!.scores).toEqual({ vocabularySize: tokenizer.vocabularySize })
})

test('labelled texts are read from CSV, TSV and JSON Lines, and divided by label, always alike', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => [`text, ${i}`, i % 3 === 0 ? 'pos' : 'neg'] as const)
  writeFileSync(join(folder, 'a.csv'), ['text,label', ...rows.map(([t, l]) => `"${t}",${l}`)].join('\n'))
  writeFileSync(join(folder, 'a.tsv'), ['body\tclass', ...rows.map(row => row.join('\t'))].join('\n'))
  writeFileSync(
    join(folder, 'a.jsonl'),
    rows.map(([text, label], i) => JSON.stringify({ text, label, key: i + 1 })).join('\n'),
  )
  const stages = [
    { name: 'csv', type: 'labelled-text', format: 'csv', path: 'a.csv' },
    { name: 'tsv', type: 'labelled-text', format: 'tsv', path: 'a.tsv', text: 'body', label: 'class' },
    { name: 'jsonl', type: 'labelled-text', format: 'jsonl', path: 'a.jsonl', id: 'key' },
  ]
  const { stages: done } = await run(stages)
  writeFileSync(join(folder, 'pairs.tsv'), 'one\ttwo\tlabel\nIs it?\tIt is.\tyes\n')
  const pairs = {
    ...{ name: 'p', type: 'labelled-text', format: 'tsv', path: 'pairs.tsv' },
    text: 'one',
    pair: 'two',
  }
  await run([pairs], 'pairs')
  expect(await readLabelledSplit(result('p', 'labelled', 'pairs'), 'train')).toEqual([
    { id: '1', text: 'Is it?', pair: 'It is.', label: 'yes' },
  ])
  expect(done.csv!.scores).toEqual({ 'train texts': 21, 'valid texts': 3, 'test texts': 6 })
  const test = linesOf(join(result('csv', 'labelled'), 'test.jsonl')).map(line => JSON.parse(line))
  expect(test.filter(({ label }) => label === 'pos')).toHaveLength(2)
  const ids = (name: string) =>
    linesOf(join(result(name, 'labelled'), 'test.jsonl')).map(line => JSON.parse(line).id)
  expect(new Set(ids('csv')).size).toBe(6)
  await run(stages, 'again')
  expect(readFileSync(join(result('csv', 'labelled', 'again'), 'test.jsonl'), 'utf8')).toBe(
    readFileSync(join(result('csv', 'labelled'), 'test.jsonl'), 'utf8'),
  )
})

test('ten folds of own texts: each is the test once, with its share of each label', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `text ${i},${i % 4 === 0 ? 'rare' : 'usual'}`)
  writeFileSync(join(folder, 'a.csv'), `text,label\n${lines.join('\n')}\n`)
  const base = { type: 'labelled-text', format: 'csv', path: 'a.csv' }
  await run(Array.from({ length: 10 }, (_, fold) => ({ ...base, name: `f${fold}`, fold })))
  const tested = await Promise.all(
    Array.from({ length: 10 }, (_, fold) => readLabelledSplit(result(`f${fold}`, 'labelled'), 'test')),
  )
  for (const texts of tested) expect(texts!.filter(({ label }) => label === 'rare')).toHaveLength(1)
  expect(new Set(tested.flatMap(texts => texts!.map(({ id }) => id))).size).toBe(40)
  const trec = { name: 't', type: 'labelled-text', format: 'trec', path: 'trec', fold: 1 }
  await expect(run([trec], 'other')).rejects.toThrow('say themselves which are the test have no folds')
})

test('what is wrong with labelled texts is told with its place', async () => {
  const read = (content: string, more: object = {}) => {
    writeFileSync(join(folder, 'a.csv'), content)
    const stage = { name: 'l', type: 'labelled-text', format: 'csv', path: 'a.csv', ...more }
    return run([stage]).then(() => 'fine', message)
  }
  expect(await read('text,class\na,b\n')).toMatchInlineSnapshot(`
    "LABELLED_TEXT_INVALID  a line has no "label"
      expected a text or a number under that name
      found    names: text, class
      in FOLDER/a.csv, row 2
      say by "text", "label" and "id" what columns or keys are called"
  `)
  expect(await read('text,label\na,b\na\n')).toMatchInlineSnapshot(`
    "LABELLED_TEXT_INVALID  a row has not as many fields as the first one, which names them
      expected 2: text, label
      found    1
      in FOLDER/a.csv, row 3"
  `)
  expect(await read('id,text,label\n1,a,b\n1,c,d\n', { id: 'id', testShare: 0 })).toMatchInlineSnapshot(`
    "LABELLED_ID_TWICE  two labelled texts have the id "1"
      found    both in train
      give each text an id of its own, or leave the ids out: the numbers of the lines are taken"
  `)
  expect(await read('text,label\n')).toMatchInlineSnapshot(`
    "STAGE_TEXT_EMPTY  there are no texts to train on
      found    0 texts before some were taken for choosing and testing
      give more texts, or lower validShare and testShare"
  `)
  expect(await read('', { train: 'a.csv' })).toMatchInlineSnapshot(`
    "CONFIG_INVALID  stages.0 is wrong for stage "labelled-text": name either "path", or "train" with "valid" and "test" as you have them
      found    {"format":"csv","path":"a.csv","train":"a.csv"}"
  `)
})

test('predictions are scored by id, also over folds; others than those of the texts are refused', async () => {
  const polarity = join(folder, 'polarity')
  mkdirSync(polarity)
  const lines = (word: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${word} ${i}\n`).join('')
  writeFileSync(join(polarity, 'rt-polarity.pos'), lines('good', 30))
  writeFileSync(join(polarity, 'rt-polarity.neg'), lines('bad', 20))
  const fold = (number: number) => [
    { name: `l${number}`, type: 'labelled-text', format: 'polarity', path: 'polarity', fold: number - 1 },
    { name: `p${number}`, type: 'optimist', inputs: { labelled: `l${number}.labelled` } },
  ]
  const inputs = (number: number) => ({
    [`predictions-${number}`]: `p${number}.predictions`,
    [`labelled-${number}`]: `l${number}.labelled`,
  })
  const scores = { name: 'scores', type: 'evaluate', folds: 2, inputs: { ...inputs(1), ...inputs(2) } }
  const { stages } = await run([...fold(1), ...fold(2), scores])
  expect(stages.scores!.scores).toMatchObject({ accuracy: 0.6, texts: 10, 'deviation of folds': 0 })
  const written = JSON.parse(readFileSync(join(result('scores', 'scores'), 'scores.json'), 'utf8'))
  expect(written.folds).toHaveLength(2)
  expect(written.confusion).toEqual([
    [0, 4],
    [0, 6],
  ])
  const [labelled, predicted] = fold(1)
  const one = {
    name: 's',
    type: 'evaluate',
    inputs: { predictions: 'p1.predictions', labelled: 'l1.labelled' },
  }
  expect(
    await run([labelled!, { ...predicted!, forget: 1 }, one], 'other').catch(message),
  ).toMatchInlineSnapshot(`
    "EVALUATE_TEXTS_DIFFER  the predictions are not those of the texts
      expected 5 of split test (FOLDER/other/stages/l1/result/labelled)
      found    4 predictions (FOLDER/other/stages/p1/result/predictions); none of pos-1
      give the labelled texts that the classifier was given, and the split that it predicts"
  `)
})

const model = {
  ...{ model: { type: 'recurrent-lm', embedding: 4, cell: { type: 'lstm', hidden: 5 } } },
  train: { steps: 12, batch: 2, bptt: 8, evaluateEvery: 6 },
  evaluate: { batch: 2, time: 8, warmUp: 8 },
  corpus: { unit: 'character' },
}

test('an experiment is a stage: its model loads as a run, another goes on from it, equal runs give equal artefacts', async () => {
  writeFileSync(join(folder, 'a.txt'), 'the cat sat on the mat\n'.repeat(30))
  const stages = [
    { name: 'text', type: 'text', corpus: { type: 'text-files', file: 'a.txt', unit: 'character' } },
    { name: 'first', type: 'language-model', inputs: { text: 'text.text' }, ...model },
    { name: 'second', type: 'language-model', inputs: { text: 'text.text', model: 'first.model' }, ...model },
  ]
  const one = await run(stages)
  const { vocabulary, step } = await loadModel(join(result('first', 'model'), 'run'), container)
  expect(step).toBe(12)
  expect(vocabulary.tokens).toContain('c')
  const { first, second } = one.stages
  const score = {
    ...{ name: 'score', type: 'evaluate-language-model', split: 'valid' },
    inputs: { model: 'first.model', text: 'text.text' },
  }
  const scored = await run([...stages, score])
  expect(scored.stages.score!.scores.perplexity).toBeCloseTo(first!.scores.validPerplexity!, 6)
  expect(second!.scores.validPerplexity).toBeLessThan(first!.scores.validPerplexity!)
  const two = await run(stages, 'again')
  expect(two.stages.first!.outputs).toEqual(first!.outputs)
  expect(two.stages.second!.outputs).toEqual(second!.outputs)
  expect(existsSync(join(folder, 'out/stages/first/work'))).toBe(false)
})
