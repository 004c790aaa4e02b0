import { expect, test } from 'vitest'
import { randomSentences } from '../fixtures/random-sentences.ts'
import { trainAbsoluteDiscounting, trainKatz } from './index.ts'

const HAND_TEXT = Int32Array.of(0, 1, 0, 2, 3, 0, 1, 1, 3, 2, 0, 1, 3) // a b a c . | a b b . | c a b .

test('Katz on a corpus small enough for paper gives what was worked out on paper', () => {
  const model = trainKatz(HAND_TEXT, { order: 2, vocabularySize: 4, endOfSentence: 3, maximumCounts: [1, 1] })
  // Bigrams: <s>a 2, ab 3, ba 1, ac 1, c. 1, bb 1, b. 2, <s>c 1, ca 1. n1 = 6, n2 = 2; with m = 1 the factor of 1 is
  // (2·2/6 - 2·2/6)/(1 - 2·2/6) = 0, which is out of range: 1. Unigrams: a 4, b 4, c 2, . 3 of 13, all seen.
  expect(model.discounts[1]).toEqual({
    minimum: 1,
    maximum: 1,
    countsOfCounts: [0, 6, 2],
    factors: [1, 1],
    outOfRange: [1],
  })
  expect(Math.exp(model.logProbability([], 0))).toBeCloseTo(4 / 13, 12)
  // Nothing was taken off, so the denominator grows by 1: after a (4 seen) P(b) = 3/5, P(c) = 1/5; 1/5 is left for
  // what unigrams give a and . together, 1 - 4/13 - 2/13 = 7/13.
  expect(Math.exp(model.logProbability([0], 1))).toBeCloseTo(3 / 5, 12)
  expect(Math.exp(model.logProbability([0], 0))).toBeCloseTo(((1 / 5) * (4 / 13)) / (7 / 13), 12)
  expect(Math.exp(model.logProbability([3], 2))).toBeCloseTo(1 / 4, 12) // c at the start of a sentence
  expect(model.sizes).toEqual([4, 9])
})

test('absolute discounting on paper: the discount of each type goes to the shorter context', () => {
  const model = trainAbsoluteDiscounting(HAND_TEXT, {
    order: 2,
    vocabularySize: 4,
    endOfSentence: 3,
    discount: 0.5,
  })
  // P(a) = (4 - 0.5)/13 + 0.5·4/13 · 1/4 = 4/13; after a: 3 b, 1 c. P(a|a) = 0.5·2/4 · 4/13, P(b|a) = 2.5/4 + 1/4·4/13.
  expect(Math.exp(model.logProbability([], 0))).toBeCloseTo(4 / 13, 12)
  expect(Math.exp(model.logProbability([0], 0))).toBeCloseTo(1 / 13, 12)
  expect(Math.exp(model.logProbability([0], 1))).toBeCloseTo(2.5 / 4 + 1 / 13, 12)
  const estimated = trainAbsoluteDiscounting(HAND_TEXT, { order: 2, vocabularySize: 4, endOfSentence: 3 })
  expect(estimated.discounts[1]!.values[0]).toBeCloseTo(6 / (6 + 2 * 2), 12)
  expect(estimated.discounts[0]).toMatchObject({ values: [0.5, 0.5, 0.5], fallback: true }) // no word is there once
})

test('probabilities of both sum to one after seen, half seen and unseen contexts', () => {
  for (const endOfSentence of [undefined, 12]) {
    const ids = randomSentences(12, 3000, 7)
    const options = { order: 4, vocabularySize: 15, endOfSentence } // two words are never seen
    const models = [
      trainKatz(ids, options),
      trainKatz(ids, { ...options, minimumCounts: [1, 2, 3], maximumCounts: [0, 5] }),
      trainAbsoluteDiscounting(ids, options),
    ]
    for (const model of models)
      for (const context of [
        [],
        [0],
        [12],
        [12, 0, 1],
        [0, 0, 0],
        [11, 11, 11],
        [0, 1, 0, 2],
        [14, 13, 0],
        [5, 14],
      ]) {
        const probabilities = model.distribution(context)
        expect(probabilities.reduce((sum, value) => sum + value)).toBeCloseTo(1, 10)
        expect(Math.min(...probabilities)).toBeGreaterThan(0)
      }
  }
})

test('a longer n-gram that is too rare to be stored leaves the shorter one in charge', () => {
  const ids = randomSentences(20, 2000, 3)
  const options = { vocabularySize: 21, endOfSentence: 20 }
  const pruned = trainKatz(ids, { order: 3, minimumCounts: [1, 1, 1000], ...options })
  const bigrams = trainKatz(ids, { order: 2, ...options })
  expect(pruned.sizes[2]).toBe(0)
  expect(pruned.tokenLogProbabilities(ids)).toEqual(bigrams.tokenLogProbabilities(ids))
})

test('options that make no sense are refused', () => {
  const thrown = (act: () => unknown): string => {
    try {
      act()
      return 'nothing'
    } catch (error) {
      return String(error)
    }
  }
  const options = { order: 3, vocabularySize: 4, endOfSentence: 3 }
  expect(thrown(() => trainKatz(HAND_TEXT, { ...options, minimumCounts: [1, 2, 1] }))).toMatchInlineSnapshot(`
    "ElmanError: NGRAM_BAD_OPTION  option minimumCounts of the n-gram model is out of range
      expected numbers that do not fall from one order to the next
      found    1,2,1"
  `)
  expect(thrown(() => trainKatz(HAND_TEXT, { ...options, maximumCounts: [] }))).toMatchInlineSnapshot(`
    "ElmanError: NGRAM_BAD_OPTION  option maximumCounts of the n-gram model is out of range
      expected whole numbers from 0 to 65535, at least one
      found    []"
  `)
  expect(
    thrown(() => trainAbsoluteDiscounting(HAND_TEXT, { ...options, discount: [0.5, 0, 0.5] })),
  ).toMatchInlineSnapshot(`
    "ElmanError: NGRAM_BAD_OPTION  option discount of the n-gram model is out of range
      expected a number above 0 and at most 1, or one for each order
      found    0.5,0,0.5"
  `)
})
