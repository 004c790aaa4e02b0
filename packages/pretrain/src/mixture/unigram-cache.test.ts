import { expect, test } from 'vitest'
import { interpolate, scoreTokens, type TokenScorer, unigramCache } from './index.ts'

test('a cache gives each word its faded share of what was read', async () => {
  const { scorer, weight } = unigramCache({ decay: 0.5 })
  expect(weight).toBe(0.1)
  expect(scorer).toMatchObject({ name: 'unigram cache, decay 0.5', adaptive: true })
  const got = Array.from(await scorer.logProbabilities(Int32Array.of(7, 7, 3, 7, 0)), Math.exp)
  // After 7: all of it is 7. After 7 7: none is 3. After 7 7 3: 7 has 0.25 + 0.5 of 1.75. After all, 0 has nothing.
  expect(got[0]).toBeNaN()
  expect(got[1]).toBe(1)
  expect(got[2]).toBe(0)
  expect(got[3]).toBeCloseTo(0.75 / 1.75, 14)
  expect(got[4]).toBe(0)
})

test('ends of sentences are neither remembered nor do they let the memory fade', async () => {
  const { scorer } = unigramCache({ decay: 0.5, excluded: [9] })
  const whole = await scorer.logProbabilities(Int32Array.of(1, 2, 1, 2))
  const divided = await scorer.logProbabilities(Int32Array.of(1, 9, 2, 9, 1, 2))
  expect(divided.filter((_, position) => position !== 1 && position !== 3)).toEqual(whole)
  expect(divided[1]).toBe(Number.NEGATIVE_INFINITY)
})

test('each text begins with an empty cache, and a mixture with one has a whole distribution at every token', async () => {
  const uniform: TokenScorer = {
    name: 'uniform',
    adaptive: false,
    logProbabilities: async ids => new Float64Array(ids.length).fill(Math.log(1 / 4)),
  }
  const mixture = interpolate([{ scorer: uniform, weight: 0.9 }, unigramCache({ excluded: [3] })])
  expect(mixture.adaptive).toBe(true)
  const past = [0, 1, 3, 0, 2, 0]
  for (let length = 0; length <= past.length; length++) {
    let sum = 0
    for (let next = 0; next < 4; next++)
      sum += Math.exp(
        (await mixture.logProbabilities(Int32Array.of(...past.slice(0, length), next)))[length]!,
      )
    expect(sum).toBeCloseTo(1, 12)
  }
  const twice = await Promise.all([0, 1].map(() => scoreTokens(mixture, Int32Array.from(past))))
  expect(twice[0]!.loss).toBe(twice[1]!.loss)
})

test('a decay that is no factor is refused', () => {
  expect(() => unigramCache({ decay: 0 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: MIXTURE_CACHE_DECAY  the decay of a cache is a factor on what it remembers
      expected a number above 0 and at most 1
      found    0]
  `)
})
