/** Training end to end at tiny size: it learns, can be stopped and resumed to the same bits, and is scored on fixed masks. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
import { textDatasets, trainWordPiece } from '@elman/text'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { pretrain } from '../plugin.ts'
import { loadMaskedRun, openMaskedModel } from './load-masked-run.ts'
import { createMaskedEvaluator } from './masked-evaluator.ts'
import { type MaskedExperiment, resolveMaskedExperiment } from './masked-experiment.ts'
import type { MaskedRecord } from './masked-records.ts'
import { maskedTokenIds } from './special-tokens.ts'
import { encodeDocuments } from './token-documents.ts'
import { resumeMaskedExperiment, runMaskedExperiment } from './train-masked.ts'

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
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-masked-'))
  // Each word settles the one three places on: a masked word is told by its neighbours, hardly by its frequency.
  const animals = ['cat', 'dog', 'cow', 'pig']
  const places = ['mat', 'log', 'hay', 'mud']
  const line = (i: number) => `the ${animals[i % 4]} sat on ${places[i % 4]} ${animals[i % 4]} there\n`
  const text = (lines: number, from: number) =>
    Array.from({ length: lines }, (_, i) => `${line((i * 7 + from) % 13)}${i % 3 === 2 ? '\n' : ''}`).join('')
  writeFileSync(join(root, 'train.txt'), text(48, 0))
  writeFileSync(join(root, 'valid.txt'), text(12, 1))
  writeFileSync(join(root, 'test.txt'), text(12, 2))
})
afterEach(() => rmSync(root, { recursive: true }))

function experiment(changes: { readonly [part: string]: unknown } = {}): MaskedExperiment {
  const { train, ...rest } = changes
  const config = {
    corpus: { type: 'text-files', train: 'train.txt', valid: 'valid.txt', test: 'test.txt' },
    tokenizer: { type: 'word-piece', vocabularySize: 60, minimumCount: 1 },
    model: { size: 16, heads: 2, layers: 1, inner: 32, positions: 16, dropout: 0, attentionDropout: 0 },
    length: 12,
    train: {
      ...{ steps: 30, batch: 8, logEvery: 5, evaluateEvery: 10 },
      optimizer: { type: 'bert-adam', rate: 0.01 },
      schedule: { type: 'warm-up-decay', share: 0.1, form: 'transformers' },
      ...(train as object),
    },
    evaluate: { batch: 6, pseudoSentences: 3 },
    backend: 'reference',
    ...rest,
  }
  return resolveMaskedExperiment(config, container)
}
const options = () => ({ backend: referenceBackend(), container, directory: root, baseDirectory: root })

test('masked accuracy rises far above that of the most frequent token, and records say what they are not', async () => {
  const config = experiment({ train: { steps: 240, batch: 16, evaluateEvery: 60 } })
  const result = await runMaskedExperiment(config, { ...options(), name: 'a' })
  expect(result.outcome).toBe('finished')
  const run = await readRun(result.path)
  const records = readMetrics(run)
  const of = (split: string) =>
    records.filter(record => record.kind === 'evaluate' && record.split === split) as MaskedRecord[]
  expect(of('valid')).toEqual([])
  expect(of('valid masked')).toHaveLength(4)
  const { model, tokenizer, parameters } = await loadMaskedRun(result.path, container)
  const documents = encodeDocuments(
    Array.from({ length: 4 }, (_, i) => `the ${['cat', 'dog', 'cow', 'pig'][i]} sat on`),
    tokenizer,
    'line',
  )
  const counts = new Map<number, number>()
  const text = encodeDocuments(
    readFileSync(join(root, 'test.txt'), 'utf8').split('\n'),
    tokenizer,
    'blank-line',
  )
  for (const id of text.ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  const unigram = Math.max(...counts.values()) / text.ids.length
  expect(unigram).toBeLessThan(0.3)
  expect(result.test!.accuracy).toBeGreaterThan(unigram + 0.4)
  expect(of('valid masked').at(-1)!.loss).toBeLessThan(of('valid masked')[0]!.loss / 2)
  expect(of('valid pseudo').at(-1)!.perplexity).toBeLessThan(of('valid pseudo')[0]!.perplexity)
  for (const record of [...of('valid masked'), ...of('valid pseudo'), ...of('test masked')])
    expect(record.label).toContain('not comparable with perplexities of causal models')
  expect(
    records.some(
      record =>
        record.kind === 'event' && record.message.includes('not comparable with perplexities of causal'),
    ),
  ).toBe(true)

  // Scored again by another batch: the same masks, the same numbers.
  const evaluator = createMaskedEvaluator(referenceBackend(), model, {
    ...{ special: maskedTokenIds(tokenizer), length: 12, batch: 1 },
  })
  const again = await evaluator.score(parameters, text)
  expect(again.tokens).toBe(result.test!.tokens)
  expect(again.accuracy).toBe(result.test!.accuracy)
  expect(again.loss).toBeCloseTo(result.test!.loss, 5)
  // A sentence has one pseudo-score, whatever it is scored with.
  const { ids, sentences } = documents
  const all = [0, 1, 2, 3].map(i => ids.subarray(sentences[i]!, sentences[i + 1]!))
  const together = await evaluator.pseudoPerplexity(parameters, all)
  const alone = await evaluator.pseudoPerplexity(parameters, [all[2]!])
  expect(alone.sentences[0]).toBeCloseTo(together.sentences[2]!, 6)
  expect(together.tokens).toBe(16)
  expect(together.loss).toBeCloseTo(together.sentences.reduce((a, b) => a + b) / 16, 10)
  await evaluator.dispose()
}, 120_000)

test.each([
  ['with next sentences, dropout and masks drawn anew', { model: { nextSentence: true, dropout: 0.1 } }],
  ['with static masks of whole words', { masking: { type: 'static', copies: 2, wholeWords: true } }],
])(
  'stopped and resumed, training ends with the same bits: %s',
  async (_name, changes) => {
    const base = experiment()
    const model = { ...base.model, ...(changes as { model?: object }).model }
    const config = experiment({ ...changes, model })
    const whole = await runMaskedExperiment(config, { ...options(), name: 'whole' })
    const stop = new AbortController()
    const first = await runMaskedExperiment(config, {
      ...{ ...options(), name: 'stopped', signal: stop.signal },
      onEvent: event => {
        if (event.kind === 'log' && event.record.step === 15) stop.abort() // within a pass
      },
    })
    expect(first).toMatchObject({ outcome: 'interrupted', step: 15, test: undefined })
    const second = await resumeMaskedExperiment(first.path, options())
    expect(second).toMatchObject({ outcome: 'finished', step: 30 })
    expect({ ...second.test, seconds: 0 }).toEqual({ ...whole.test, seconds: 0 })
    const third = await resumeMaskedExperiment(first.path, options()) // finished: only read
    expect(third.test).toEqual(second.test)
    const [a, b] = await Promise.all([whole, second].map(({ path }) => parametersOf(path)))
    expect([...a!.keys()]).toEqual([...b!.keys()])
    for (const [path, array] of a!) expect(b!.get(path)!.data, path).toEqual(array.data)
  },
  60_000,
)

async function parametersOf(path: string): Promise<ReadonlyMap<string, NdArray>> {
  const checkpoint = await loadCheckpoint(await readRun(path), 'latest')
  return new Map([...checkpoint.arrays.parameters!])
}

test('a run whose text has changed is not gone on with', async () => {
  const result = await runMaskedExperiment(experiment({ train: { steps: 2 } }), { ...options(), name: 'a' })
  writeFileSync(join(root, 'valid.txt'), 'another text\n')
  await expect(resumeMaskedExperiment(result.path, options())).rejects.toThrow(/^CORPUS_CHANGED/)
})

test('an unknown option and a sequence without positions are refused', async () => {
  expect(() => experiment({ masking: { wholeWord: true } })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: CONFIG_UNKNOWN_KEY  masking.wholeWord is not an option of the masked-LM experiment
      did you mean wholeWords?   (options: type, copies, rate, wholeWords)]
  `)
  const long = experiment({ length: 64 })
  await expect(
    runMaskedExperiment(long, { ...options(), name: 'long' }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_TOO_LONG  a sequence is longer than the model has positions for
      expected 16 tokens at most, special ones included
      found    64 tokens
      cut the text, or train a model with more positions]
  `)
})

test('a run is opened with its own tokenizer, and with no other', async () => {
  const result = await runMaskedExperiment(experiment({ train: { steps: 2 } }), { ...options(), name: 'a' })
  const opened = await openMaskedModel(result.path, container)
  expect(opened.model.vocabularySize).toBe(opened.tokenizer.vocabularySize)
  const other = trainWordPiece(['quite other words'], { minimumCount: 1, vocabularySize: 30 })
  const error: Error = await openMaskedModel(result.path, container, other).then(
    () => expect.unreachable(),
    e => e,
  )
  expect(error.message.replaceAll(/[0-9a-f]{12}/g, 'HASH').replace(result.path, '…')).toMatchInlineSnapshot(`
    "MASKED_LM_VOCABULARY  the tokenizer is not that of the model
      expected 56 tokens, vocabulary HASH
      found    30 tokens, vocabulary HASH
      in …
      give the tokenizer that the model was trained with"
  `)
}, 60_000)
