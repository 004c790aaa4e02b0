import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { compareScorers } from './index.ts'

const tokens = 4000
const noise = (seed: number) => random.normal(random.key(seed), tokens, 'float64')
const base = noise(1).map(value => -4 + value)

test('a small difference on the same tokens is certain where two separate intervals overlap', () => {
  const better = base.map((value, token) => value + 0.02 + 0.1 * noise2[token]!)
  const result = compareScorers(better, base, { seed: 3 })
  expect(result).toMatchObject({ tokens, samples: 1000, block: 64, confidence: 0.95 })
  expect(result.difference.value).toBeCloseTo(result.perplexityA.value - result.perplexityB.value, 10)
  expect(result.difference.upper).toBeLessThan(0)
  expect(result.p).toBeLessThan(0.01)
  expect(result.perplexityA.upper).toBeGreaterThan(result.perplexityB.lower)
})

const noise2 = noise(2)

test('no difference is none: p is spread evenly, and the interval holds 0 as often as it says', () => {
  let [small, held] = [0, 0]
  for (let trial = 0; trial < 100; trial++) {
    const other = noise(100 + trial)
    const { p, difference } = compareScorers(
      base.map((value, token) => value + 0.1 * other[token]!),
      base.map((value, token) => value - 0.1 * other[token]!),
      { seed: trial, samples: 200 },
    )
    if (p < 0.05) small++
    if (difference.lower <= 0 && difference.upper >= 0) held++
  }
  expect(small).toBeLessThanOrEqual(12)
  expect(held).toBeGreaterThanOrEqual(88)
})

test('losses that go together over many tokens widen the interval of blocks, not that of single tokens', () => {
  // Runs of 50 tokens share their difference: 80 independent differences, not 4,000.
  const shared = base.map((value, token) => value + 0.3 * noise2[Math.floor(token / 50)]!)
  const width = (block: number) => {
    const { lossDifference } = compareScorers(shared, base, { block })
    return lossDifference.upper - lossDifference.lower
  }
  expect(width(200) / width(1)).toBeGreaterThan(4)
  const exact = (2 * 1.96 * 0.3) / Math.sqrt(80)
  expect(width(200)).toBeGreaterThan(0.75 * exact)
  expect(width(200)).toBeLessThan(1.25 * exact)
})

test('equal seeds give equal figures, exchanged models the same with the sign turned', () => {
  const other = base.map((value, token) => value + 0.1 * noise2[token]!)
  const first = compareScorers(other, base, { seed: 5 })
  expect(compareScorers(other, base, { seed: 5 })).toEqual(first)
  expect(compareScorers(other, base, { seed: 6 }).difference.lower).not.toBe(first.difference.lower)
  const turned = compareScorers(base, other, { seed: 5 })
  expect(turned.p).toBe(first.p)
  expect(turned.difference.lower).toBeCloseTo(-first.difference.upper, 10)
})

test('equal models differ by nothing, and nothing is as far from it as that', () => {
  const { difference, p } = compareScorers(base, base)
  expect(difference).toEqual({ value: 0, lower: 0, upper: 0 })
  expect(p).toBe(1)
})

test('tokens that one model has no probability for are in neither figure', () => {
  const a = Float64Array.of(Number.NaN, -1, -2, -3)
  const b = Float64Array.of(-9, -2, Number.NaN, -1)
  const { tokens: common, perplexityA, perplexityB } = compareScorers(a, b)
  expect(common).toBe(2)
  expect(perplexityA.value).toBeCloseTo(Math.exp(2), 12)
  expect(perplexityB.value).toBeCloseTo(Math.exp(1.5), 12)
})

test('what cannot be compared is refused', () => {
  const one = Float64Array.of(-1)
  expect(() => compareScorers(one, base)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: COMPARISON_LENGTHS_DIFFER  two models are compared on the same tokens
      found    1 log-probabilities of one, 4000 of the other
      score the same ids with both]
  `)
  expect(() => compareScorers(one, Float64Array.of(Number.NaN))).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: COMPARISON_IMPOSSIBLE  there is no difference of perplexity to speak of
      found    no token that both models have a log-probability for
      score a longer text]
  `)
  expect(() =>
    compareScorers(one, Float64Array.of(Number.NEGATIVE_INFINITY)),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: COMPARISON_IMPOSSIBLE  there is no difference of perplexity to speak of
      found    a token of probability 0: the perplexity is infinite
      mix the model that gives tokens no probability with one that does: interpolate]
  `)
  expect(() => compareScorers(one, one, { confidence: 95 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: COMPARISON_OPTION  an option of the comparison is out of range
      expected samples and block whole numbers from 1 on, confidence between 0 and 1
      found    samples 1000, block 1, confidence 95]
  `)
})
