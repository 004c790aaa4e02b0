import { expect, test } from 'vitest'
import { randomSentences } from '../fixtures/random-sentences.ts'
import { type InterpolatedModel, trainAbsoluteDiscounting, trainKneserNey } from './index.ts'

const ids = randomSentences(12, 3000, 7)
const fresh = randomSentences(14, 1500, 8)
const contexts = [[], [0], [12], [12, 0, 1], [0, 0, 0, 0], [11, 11, 11], [14, 13, 0], [12, 3, 1, 0], [5, 14]]

for (const endOfSentence of [undefined, 12])
  for (const order of [1, 2, 3, 5])
    test(`interpolated models of order ${order} keep their probabilities in back-off form (${endOfSentence === undefined ? 'a stream' : 'sentences'})`, () => {
      const options = { order, vocabularySize: 16, endOfSentence } // three words are never seen
      for (const model of [trainKneserNey(ids, options), trainAbsoluteDiscounting(ids, options)]) {
        const backoff = model.toBackoff()
        expectEqual(backoff.tokenLogProbabilities(fresh), model.tokenLogProbabilities(fresh))
        for (const context of contexts)
          expectEqual(backoff.distribution(context), model.distribution(context))
        expect(backoff.sizes.slice(1)).toEqual(model.sizes.slice(1))
        expect(backoff.sizes[0]).toBe(16)
        expect(backoff.toBackoff()).toBe(backoff)
      }
    })

test('making the back-off form leaves the model as it was', () => {
  const model: InterpolatedModel = trainKneserNey(ids, { order: 3, vocabularySize: 16, endOfSentence: 12 })
  const before = model.tokenLogProbabilities(fresh)
  model.toBackoff()
  expect(model.tokenLogProbabilities(fresh)).toEqual(before)
  expect(model.sizes[0]).toBe(13)
})

function expectEqual(a: Float64Array, b: Float64Array): void {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(b[i]!)))
}
