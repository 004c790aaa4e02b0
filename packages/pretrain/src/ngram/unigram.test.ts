import { expect, test } from 'vitest'
import { trainUnigram } from './index.ts'

test('the unigram model is the relative frequency', () => {
  const model = trainUnigram(Int32Array.of(0, 0, 0, 1), 3)
  expect(Array.from(model.logProbabilities, Math.exp)).toEqual([0.75, 0.25, 0])
  const { loss, perplexity, tokens } = model.score(Int32Array.of(0, 1))
  expect(loss).toBeCloseTo(-(Math.log(0.75) + Math.log(0.25)) / 2, 14)
  expect(perplexity).toBeCloseTo(1 / Math.sqrt(0.75 * 0.25), 14)
  expect(tokens).toBe(2)
})

test('a word that the training text lacks costs an infinite loss', () => {
  expect(trainUnigram(Int32Array.of(0, 1), 3).score(Int32Array.of(0, 2)).perplexity).toBe(
    Number.POSITIVE_INFINITY,
  )
})

test('ids outside the vocabulary are refused', () => {
  expect(() => trainUnigram(Int32Array.of(0, 3), 3)).toThrow('NGRAM_BAD_TOKEN')
  expect(() => trainUnigram(Int32Array.of(0), 3).score(Int32Array.of(-2))).toThrow('NGRAM_BAD_TOKEN')
})
