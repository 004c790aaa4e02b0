/** Fine-tuning at tiny size: what is read, that it learns, and that neighbours and padding change nothing. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random, referenceBackend } from '@elman/core'
import { trainWordPiece } from '@elman/text'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { maskedLanguageModel } from '../masked-model.ts'
import { maskedModelConfig } from '../model-config.ts'
import { maskedTokenIds } from '../special-tokens.ts'
import { classifyTexts, tagSentences } from './classify.ts'
import { fineTune, fineTuningConfig, unitError } from './fine-tune.ts'
import { fineTunedModel } from './fine-tuned-model.ts'
import { readFineTuned, writeFineTuned } from './model-folder.ts'
import { createUnitPredictor } from './predict-units.ts'
import { type ReadingUnit, sentenceUnits, textUnit } from './read-units.ts'
import { unitBatches } from './unit-batches.ts'

const words = ['good', 'fine', 'nice', 'bad', 'poor', 'grim', 'film', 'play', 'unfilmable']
const tokenizer = trainWordPiece(
  Array.from(
    { length: 63 },
    (_, i) => `${words[i % 8]} ${words[(i * 5) % 8]} ${i < 62 ? words[i % 3] : words[8]}`,
  ),
  { vocabularySize: 60, minimumCount: 2 },
)
const special = maskedTokenIds(tokenizer)
const config = maskedModelConfig.parse({
  ...{ size: 16, heads: 2, layers: 1, inner: 32, positions: 32, dropout: 0, attentionDropout: 0 },
  deviation: 0.2,
})
const { vocabularySize } = tokenizer
const limits = { special, length: 24 }
const backend = referenceBackend()
let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-fine-'))
})
afterAll(() => rmSync(root, { recursive: true }))

test('a pair has segments, and loses tokens of the longer text when it is too long', () => {
  const unit = textUnit({ text: 'good film', pair: 'bad play' }, 1, tokenizer, limits)
  expect([...unit.ids].map(id => tokenizer.tokenOf(id))).toEqual([
    ...['[CLS]', 'good', 'film', '[SEP]', 'bad', 'play', '[SEP]'],
  ])
  expect([...unit.segments]).toEqual([0, 0, 0, 0, 1, 1, 1])
  const long = textUnit({ text: 'good film '.repeat(20), pair: 'bad play bad' }, 1, tokenizer, limits)
  expect(long.ids.length).toBe(24)
  expect([...long.ids.slice(-4)].map(id => tokenizer.tokenOf(id))).toEqual(['bad', 'play', 'bad', '[SEP]'])
  const both = textUnit({ text: 'good '.repeat(50), pair: 'bad '.repeat(60) }, 1, tokenizer, limits)
  expect([both.ids.length, both.segments.indexOf(1)]).toEqual([24, 12])
})

test('words are asked for at their first pieces, each once, however long the sentence', () => {
  const sentence = ['good', 'unfilmable', '\u0000', ...Array.from({ length: 30 }, () => 'film')]
  const labels = sentence.map((_, i) => i)
  const units = sentenceUnits(sentence, labels, tokenizer, limits)
  expect(units.length).toBeGreaterThan(1)
  expect(units.flatMap(unit => [...unit.labels])).toEqual(labels)
  for (const { ids } of units) expect(ids.length).toBeLessThanOrEqual(24)
  const [first] = units
  const firstPieces = [...first!.places].slice(0, 3).map(place => tokenizer.tokenOf(first!.ids[place]!))
  expect(firstPieces[0]).toBe('good')
  expect('unfilmable'.startsWith(firstPieces[1]!)).toBe(true)
  expect(firstPieces[2]).toBe('[UNK]')
})

test.each([
  ['text', { float64: 1e-12, float32: 1e-6 }],
  ['words', { float64: 1e-12, float32: 1e-6 }],
] as const)(
  'neighbours and padding change no prediction of %s, and the order stays',
  async (task, tolerances) => {
    const model = fineTunedModel(config, { vocabularySize, task, classes: 3 })
    const draws = random.integersBelow(random.key(4), 400, words.length)
    const sentences = Array.from({ length: 13 }, (_, i) =>
      Array.from({ length: 1 + ((i * 7) % 19) }, (_, t) => words[draws[i * 20 + t]!]!),
    )
    const units = sentences.flatMap((sentence): ReadingUnit[] =>
      task === 'text'
        ? [textUnit({ text: sentence.join(' ') }, 0, tokenizer, limits)]
        : sentenceUnits(sentence, [], tokenizer, limits),
    )
    for (const dtype of ['float64', 'float32'] as const) {
      const parameters = model.init(random.key(3), dtype)
      const read = async (given: readonly ReadingUnit[], batch: number, length = 24) => {
        const options = { padding: special.padding, length, batch, dtype }
        const predictor = createUnitPredictor(backend, model, options)
        const found = await predictor.predict(parameters, given)
        await predictor.dispose()
        return found
      }
      const together = await read(units, 5)
      const reversed = (await read([...units].reverse(), 3)).reverse()
      let difference = 0
      for (const [index, unit] of units.entries()) {
        // A graph of exactly the sequence's length: no padding at all.
        const [alone] = await read([unit], 1, unit.ids.length)
        expect(together[index]).toHaveLength(unit.places.length)
        for (const [n, probabilities] of together[index]!.entries())
          for (const [k, value] of probabilities.entries()) {
            difference = Math.max(difference, Math.abs(value - alone![n]![k]!))
            difference = Math.max(difference, Math.abs(value - reversed[index]![n]![k]!))
          }
      }
      expect(difference).toBeLessThan(tolerances[dtype])
      expect(new Set(together.map(found => found[0]![0]!.toFixed(6))).size).toBeGreaterThan(5)
    }
  },
)

const labelled = (count: number, from: number) =>
  Array.from({ length: count }, (_, n) => {
    const i = from + n
    const opinion = words[(i * 5) % 6]!
    const rest = Array.from({ length: i % 9 }, (_, t) => words[6 + ((i + t) % 2)]!)
    return { id: `t${i}`, text: [...rest, opinion, 'film'].join(' '), label: (i * 5) % 6 < 3 ? 1 : 0 }
  })
const textUnits = (count: number, from: number) =>
  labelled(count, from).map(({ text, label }) => textUnit({ text }, label, tokenizer, limits))
const training = fineTuningConfig.parse({ length: 24, batch: 8, epochs: 20, rate: 0.01 })
const common = { backend, config, vocabularySize, special, training, seed: 5 }

test('a classifier learns which words decide, from scratch and from a model, and is kept in a folder', async () => {
  const valid = textUnits(12, 100)
  const pretrained = maskedLanguageModel(config, vocabularySize).init(random.key(9))
  for (const start of [{}, { pretrained }]) {
    const result = await fineTune({
      ...common,
      ...start,
      task: 'text',
      classes: 2,
      units: textUnits(36, 0),
      valid,
    })
    expect(result.validError).toBe(0)
    const folder = join(root, String(Object.keys(start).length))
    const labels = ['no', 'yes']
    const made = { model: result.model, parameters: result.parameters, tokenizer, labels, length: 24 }
    mkdirSync(folder)
    await writeFineTuned(folder, made)
    const back = await readFineTuned(folder)
    const texts = labelled(7, 200)
    const found = await classifyTexts(back, texts, { backend })
    expect(found).toEqual(await classifyTexts(made, texts, { backend, batch: 3 }).then(closeTo(found)))
    expect(found.map(({ id }) => id)).toEqual(texts.map(({ id }) => id))
    expect(found.map(({ label }) => label)).toEqual(texts.map(({ label }) => labels[label]))
  }
}, 60_000)

/** The same predictions with numbers of `expected` where they are within 1e-6. */
function closeTo<Item extends { probabilities?: Readonly<Record<string, number>> | undefined }>(
  expected: readonly Item[],
) {
  return (found: readonly Item[]) =>
    found.map((item, index) => ({
      ...item,
      probabilities: Object.fromEntries(
        Object.entries(item.probabilities!).map(([label, value]) => {
          const other = expected[index]!.probabilities![label]!
          return [label, Math.abs(value - other) < 1e-6 ? other : value]
        }),
      ),
    }))
}

test('a tagger learns the classes of words, of those in long sentences too', async () => {
  const tagOf = (word: string) => (words.indexOf(word) < 6 ? 1 : 0)
  const draws = random.integersBelow(random.key(8), 2000, 8)
  const sentences = Array.from({ length: 24 }, (_, i) =>
    Array.from({ length: 1 + ((i * 5) % 12) }, (_, t) => words[draws[i * 20 + t]!]!),
  )
  const units = sentences.flatMap(s => sentenceUnits(s, s.map(tagOf), tokenizer, limits))
  const result = await fineTune({ ...common, task: 'words', classes: 2, units, valid: units.slice(0, 6) })
  expect(result.validError).toBe(0)
  const long = Array.from({ length: 60 }, (_, t) => words[draws[t]!]!)
  const made = {
    model: result.model,
    parameters: result.parameters,
    tokenizer,
    labels: ['thing', 'opinion'],
    length: 24,
  }
  const found = await tagSentences(
    made,
    [
      { id: 'a', words: long },
      { id: 'b', words: ['good'] },
    ],
    { backend },
  )
  expect(found.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(found[0]!.tags).toEqual(long.map(word => made.labels[tagOf(word)]))
  expect(found[1]!.tags).toEqual(['opinion'])
}, 60_000)

test('a training that was stopped goes on to the same numbers', async () => {
  const units = textUnits(20, 0)
  const run = (name: string, more: object = {}) =>
    fineTune({
      ...{ ...common, ...more, task: 'text', classes: 2, units, directory: join(root, name) },
      training: fineTuningConfig.parse({ ...training, epochs: 2, dropout: 0.1 }),
    })
  const whole = await run('whole')
  const stop = new AbortController()
  const onEvent = ({ event }: { event: { kind: string; step: number } }) => {
    if (event.kind === 'step' && event.step === 2) stop.abort()
  }
  const first = await run('stopped', { signal: stop.signal, onEvent })
  expect(first.outcome).toBe('interrupted')
  const second = await run('stopped')
  expect(second.parameters).toEqual(whole.parameters)
}, 60_000)

test('batches go on from any position, and hold each sequence once a pass', () => {
  const make = () =>
    unitBatches(textUnits(20, 0), { batch: 4, length: 24, task: 'text', padding: 0, seed: 2 })
  const [a, b] = [make(), make()]
  for (let i = 0; i < 7; i++) a.next()
  b.restore(JSON.parse(JSON.stringify(a.position())))
  for (let i = 0; i < 8; i++) expect(b.next()).toEqual(a.next())
  const c = make()
  const tokens = Array.from({ length: 5 }, () => c.next().tokens).reduce((x, y) => x + y)
  expect(tokens).toBe(textUnits(20, 0).reduce((sum, { ids }) => sum + ids.length, 0))
})

test('texts without any label are refused; the error rate counts places', () => {
  const options = { batch: 4, length: 24, task: 'text', padding: 0, seed: 2 } as const
  const unit = textUnit({ text: 'good' }, -1, tokenizer, limits)
  expect(() => unitBatches([unit], options)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MASKED_LM_NOTHING_TO_LEARN  there is nothing with a label to fine-tune on
      found    1 sequences, none with a label
      give training texts with labels]
  `)
  const two = { ...unit, labels: Int32Array.of(0, 1) }
  expect(
    unitError(
      [
        [
          [0.9, 0.1],
          [0.8, 0.2],
        ],
      ],
      [two],
    ),
  ).toBe(0.5)
})
