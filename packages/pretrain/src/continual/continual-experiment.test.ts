import { adam, referenceBackend } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { encodeText, encodeTrainingText, vocabularyRules } from '@elman/text'
import { expect, test } from 'vitest'
import { languageModel } from '../language-model/language-model.ts'
import {
  type ContinualRecord,
  continualExperiment,
  continualTable,
  strategyName,
} from './continual-experiment.ts'

/** Two languages over one alphabet that contradict each other: what follows a letter in one never does in the other. */
const forwards = 'abcdefgh'.repeat(40)
const backwards = 'hgfedcba'.repeat(40)
const bytes = (text: string) => [new TextEncoder().encode(text)]
const form = { unit: 'character', lines: 'none' } as const
const { vocabulary, text } = await encodeTrainingText(bytes(forwards), 'a', form, vocabularyRules.parse({}))
const other = await encodeText(vocabulary, bytes(backwards), 'b')
const size = vocabulary.size
const model = languageModel({
  vocabularySize: size,
  embedding: 6,
  cells: [lstm({ inputSize: 6, hidden: 12 })],
})

const options = (seed: number) => ({
  ...{ backend: referenceBackend(), model, vocabulary, batch: 4, time: 6, seed },
  a: { name: 'forwards', train: text, valid: text },
  b: { name: 'backwards', train: other, valid: other },
  optimizer: adam({ rate: 0.02, clip: 1 }),
  steps: { a: 60, b: 60 },
  evaluate: { batch: 4, time: 16, warmUp: 8 },
})

test('a second text drives out the first, and replay keeps both', async () => {
  const plain = await continualExperiment({ ...options(1), strategy: {} })
  expect(plain.a.before).toBeLessThan(2)
  expect(plain.forgetting).toBeGreaterThan(3)
  const both = await continualExperiment({
    ...options(1),
    strategy: { replay: { share: 0.5 } },
    start: plain.start,
  })
  expect(both.a.before).toBe(plain.a.before)
  expect(both.a.after).toBeLessThan(plain.a.after / 2)
  expect(both.b.after).toBeLessThan(both.b.before / 2)
  const held = await continualExperiment({
    ...{ ...options(1), start: plain.start },
    strategy: { elastic: { strength: 1e6, windows: 20 } },
  })
  // held so firmly nothing is learnt and nothing forgotten
  expect(held.a.after).toBeLessThan(plain.a.after / 2)
})

test('the same options give the same numbers, scores of both texts are told all along', async () => {
  const told: ContinualRecord[] = []
  const small = {
    ...options(2),
    steps: { a: 4, b: 6 },
    evaluateEvery: 2,
    strategy: { replay: { share: 0.25 } },
  }
  const first = await continualExperiment({ ...small, onRecord: record => told.push(record) })
  const second = await continualExperiment(small)
  expect(second.records).toEqual(first.records)
  expect(told).toEqual(first.records)
  expect(told.map(({ learning, step, domain }) => `${learning}${step}${domain}`)).toEqual([
    ...['a2a', 'a2b', 'a4a', 'a4b', 'b2a', 'b2b', 'b4a', 'b4b', 'b6a', 'b6b'],
  ])
})

test('a model that was trained elsewhere is scored before it goes on', async () => {
  const small = { ...options(4), steps: { a: 4, b: 6 }, strategy: {} }
  const whole = await continualExperiment(small)
  const { parameters } = whole.start
  const later = await continualExperiment({ ...small, start: { parameters } })
  expect(later.records).toEqual(whole.records)
})

test('with a strength of 0 the penalty changes nothing', async () => {
  const small = { ...options(3), steps: { a: 3, b: 5 } }
  const plain = await continualExperiment({ ...small, strategy: {} })
  const free = await continualExperiment({ ...small, strategy: { elastic: { strength: 0, windows: 2 } } })
  expect(free.records).toEqual(plain.records)
})

test('strategies have names', () => {
  expect(strategyName({})).toBe('fine-tuning')
  expect(strategyName({ replay: { share: 0.5, tokens: 20_000 } })).toBe('replay 0.5 of 20,000 tokens')
  expect(strategyName({ elastic: { strength: 1000 }, replay: { share: 0.25 } })).toBe(
    'elastic 1,000 + replay 0.25',
  )
})

test('results stand in one table', () => {
  const row = {
    strategy: 'replay 0.25',
    a: { before: 100, after: 110 },
    b: { before: 500, after: 200 },
    forgetting: 0.1,
  }
  expect(continualTable([row], { a: 'plays', b: 'articles' })).toMatchInlineSnapshot(`
    "| strategy | plays before | plays after | forgotten | articles before | articles after |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | replay 0.25 | 100.00 | 110.00 | 10.0 % | 500.00 | 200.00 |"
  `)
})
