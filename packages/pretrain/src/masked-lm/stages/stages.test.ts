/** The stages one after the other: a masked model from text, then classes of texts and of words on it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BACKEND,
  corePlugin,
  createContainer,
  defineComponent,
  definePlugin,
  referenceBackend,
  resolveConfig,
} from '@elman/core'
import { saveTokenizer, textDatasets, trainWordPiece } from '@elman/text'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../../plugin.ts'
import type { Artefact } from '../../stages/artefact.ts'
import type { Stage, StageContext, StageEvent } from '../../stages/stage.ts'
import { readFineTuned } from '../fine-tuning/model-folder.ts'
import { openMaskedModel } from '../load-masked-run.ts'
import { maskedClassifierConfig, maskedClassifierStage } from './classifier-stage.ts'
import { maskedLanguageModelStage, maskedStageConfig } from './masked-lm-stage.ts'
import { maskedTaggerConfig, maskedTaggerStage } from './tagger-stage.ts'

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
const container = createContainer([corePlugin, textDatasets, pretrain, reference])

let root = ''
const lines = (texts: readonly object[]) => texts.map(text => `${JSON.stringify(text)}\n`).join('')
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'elman-bert-stage-'))
  for (const folder of ['text', 'tokenizer', 'labelled', 'tagged']) mkdirSync(join(root, folder))
  const animal = (i: number) => ['cat', 'dog', 'cow', 'pig'][i % 4]!
  const place = (i: number) => ['mat', 'log'][(i >> 1) % 2]!
  const line = (i: number) => `the ${animal(i)} sat on the ${place(i)}`
  const texts = Array.from({ length: 40 }, (_, i) => line(i))
  writeFileSync(
    join(root, 'text/train.txt'),
    texts.map((text, i) => `${text}\n${i % 3 ? '' : '\n'}`).join(''),
  )
  writeFileSync(join(root, 'text/valid.txt'), `${line(1)}\n${line(2)}\n`)
  const tokenizer = trainWordPiece(texts, { minimumCount: 1, vocabularySize: 50 })
  await saveTokenizer(tokenizer, join(root, 'tokenizer/tokenizer.json'))
  const labelled = texts.map((text, i) => ({
    ...{ id: `t${i}`, text, label: i % 4 < 2 ? 'pet' : 'farm' },
    ...(i % 5 === 0 ? { pair: 'the mat' } : {}),
  }))
  const tagged = texts.map((text, i) => {
    const words = text.split(' ')
    return {
      id: `s${i}`,
      words,
      tags: words.map(word => (word === animal(i) || word === place(i) ? 'N' : 'X')),
    }
  })
  for (const [split, from, to] of [
    ['train', 0, 24],
    ['valid', 24, 32],
    ['test', 32, 40],
  ] as const) {
    writeFileSync(join(root, `labelled/${split}.jsonl`), lines(labelled.slice(from, to)))
    writeFileSync(join(root, `tagged/${split}.jsonl`), lines(tagged.slice(from, to)))
  }
})
afterAll(() => rmSync(root, { recursive: true }))

const artefact = (kind: string, path: string, facts = {}): Artefact => ({
  ...{ kind, schema: 1, path: join(root, path), hash: '', config: '', facts },
})

async function runStage(name: string, stage: Stage, inputs: StageContext['inputs'], stops = false) {
  const events: StageEvent[] = []
  const stop = new AbortController()
  const workDirectory = join(root, name, 'work')
  mkdirSync(workDirectory, { recursive: true })
  const outcome = await stage.run({
    ...{ inputs, workDirectory, baseDirectory: root, container, seed: 4, signal: stop.signal },
    ...{ backend: referenceBackend(), backendReference: 'reference' },
    onEvent: event => {
      events.push(event)
      if (stops && event.kind === 'progress') stop.abort()
    },
    outputDirectory: async output => {
      const path = join(root, name, output)
      rmSync(path, { recursive: true, force: true })
      mkdirSync(path, { recursive: true })
      return path
    },
  })
  return { outcome, events }
}

const configOf = <Config>(schema: z.ZodType<Config>, config: unknown) =>
  resolveConfig(schema, config, 'the stage', { registryOf: kind => container.registryOf(kind) })
const sizes = { size: 16, heads: 2, layers: 1, inner: 32, positions: 32, dropout: 0, attentionDropout: 0 }
const pretraining = {
  ...{ model: { ...sizes, nextSentence: true }, length: 20 },
  train: {
    ...{ steps: 40, batch: 8, logEvery: 10, evaluateEvery: 20 },
    ...{ optimizer: { type: 'bert-adam', rate: 0.01 }, schedule: 'constant' },
  },
  evaluate: { pseudoSentences: 1 },
  documents: 'line',
}
const training = { length: 20, batch: 8, epochs: 12, rate: 0.01 }

test('a model is trained, stopped and gone on with, then tuned for texts, pairs and words', async () => {
  const inputs = { text: artefact('text', 'text'), tokenizer: artefact('tokenizer', 'tokenizer') }
  const stage = maskedLanguageModelStage.create(configOf(maskedStageConfig, pretraining), container)
  expect((await runStage('lm', stage, inputs, true)).outcome).toEqual({ outcome: 'interrupted' })
  expect(existsSync(join(root, 'lm/model'))).toBe(false)
  const { outcome, events } = await runStage('lm', stage, inputs)
  if (outcome.outcome !== 'finished') throw new Error('the stage did not finish')
  expect(outcome.outputs.model).toMatchObject({ family: 'masked-lm', direction: 'both', features: 16 })
  expect(outcome.scores).toHaveProperty('valid masked loss')
  expect(Object.keys(outcome.scores!).filter(name => name.includes('perplexity'))).toEqual([])
  expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['note', 'progress', 'score']))
  expect(readdirSync(join(root, 'lm/model')).sort()).toEqual([
    ...['config.json', 'model.safetensors', 'tokenizer.json'],
  ])
  const opened = await openMaskedModel(join(root, 'lm/model'), container)
  expect(opened.model.config).toMatchObject({ size: 16, nextSentence: true })

  const model = artefact('language-model', 'lm/model', outcome.outputs.model)
  const classifier = maskedClassifierStage.create(configOf(maskedClassifierConfig, { training }), container)
  const labelled = artefact('labelled-texts', 'labelled')
  const classified = await runStage('classify', classifier, { labelled, model })
  expect(classified.outcome).toMatchObject({
    outputs: { classifier: { labels: ['farm', 'pet'] }, predictions: { labels: ['farm', 'pet'] } },
    scores: { validError: 0, testError: 0 },
  })
  const told = readFileSync(join(root, 'classify/predictions/predictions.jsonl'), 'utf8').trim().split('\n')
  expect(told.map(line => JSON.parse(line).id)).toEqual(Array.from({ length: 8 }, (_, i) => `t${32 + i}`))

  const tagger = maskedTaggerStage.create(configOf(maskedTaggerConfig, { training }), container)
  const tagged = artefact('tagged-sentences', 'tagged')
  const result = await runStage('tag', tagger, { tagged, model })
  expect(result.outcome).toMatchObject({
    outputs: { tagger: { labels: ['N', 'X'] } },
    scores: { validError: 0, testError: 0 },
  })
  const tags = readFileSync(join(root, 'tag/predictions/predictions.jsonl'), 'utf8').split('\n')
  expect(JSON.parse(tags[0]!)).toEqual({ id: 's32', tags: ['X', 'N', 'X', 'X', 'X', 'N'] })
  expect(await readFineTuned(join(root, 'tag/tagger'))).toMatchObject({ length: 20, labels: ['N', 'X'] })
}, 120_000)

test('a classifier from scratch that is stopped goes on, and ends as one that was not', async () => {
  const config = configOf(maskedClassifierConfig, { sizes, training: { ...training, epochs: 8 } })
  const stage = maskedClassifierStage.create(config, container)
  const inputs = {
    labelled: artefact('labelled-texts', 'labelled'),
    tokenizer: artefact('tokenizer', 'tokenizer'),
  }
  expect((await runStage('stopped', stage, inputs, true)).outcome).toEqual({ outcome: 'interrupted' })
  const second = await runStage('stopped', stage, inputs)
  const whole = await runStage('whole', stage, inputs)
  expect(second.outcome).toEqual(whole.outcome)
  const weights = (name: string) => readFileSync(join(root, name, 'classifier/model.safetensors'))
  expect(weights('stopped').equals(weights('whole'))).toBe(true)
}, 60_000)

test('what is missing or another kind of thing is refused with what to give', async () => {
  const labelled = artefact('labelled-texts', 'labelled')
  const classifier = maskedClassifierStage.create(configOf(maskedClassifierConfig, {}), container)
  await expect(runStage('x', classifier, { labelled })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_TOKENIZER_MISSING  the stage has neither a model nor a tokenizer
      expected the artefact "model" or "tokenizer" of another stage, or the option "model"]
  `)
  const model = artefact('language-model', 'text', { family: 'elmo' })
  const error: Error = await runStage('x', classifier, { labelled, model }).then(
    () => expect.unreachable(),
    e => e,
  )
  expect(error.message.replace(root, '…')).toMatchInlineSnapshot(`
    "MASKED_LM_OTHER_MODEL  there is no masked language model
      expected the folder of a run or of Hugging Face, or the artefact of stage "masked-lm"
      found    family elmo
      in …/text"
  `)
  const tagger = maskedTaggerStage.create(configOf(maskedTaggerConfig, {}), container)
  await expect(runStage('x', tagger, {})).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_NO_SENTENCES  stage "masked-lm-tagger" was given no sentences
      expected the artefact "tagged" of another stage, or the option "sentences" with a folder]
  `)
  mkdirSync(join(root, 'wrong'))
  writeFileSync(join(root, 'wrong/train.jsonl'), lines([{ id: 'a', words: ['a', 'b'], tags: ['X'] }]))
  const tokenizer = artefact('tokenizer', 'tokenizer')
  const wrong = maskedTaggerStage.create(configOf(maskedTaggerConfig, { sentences: 'wrong' }), container)
  const other: Error = await runStage('x', wrong, { tokenizer }).then(
    () => expect.unreachable(),
    e => e,
  )
  expect(other.message.replace(root, '…').replaceAll('\\', '/')).toMatchInlineSnapshot(`
    "TAGGED_SENTENCE_INVALID  a line is no tagged sentence
      expected { "id": "…", "words": ["…"], "tags": ["…"] } with as many tags as words
      found    {"id":"a","words":["a","b"],"tags":["X"]}
      in …/wrong/train.jsonl, line 1"
  `)
})
