import { expect, test } from 'vitest'
import { randomSentences } from '../fixtures/random-sentences.ts'
import { trainKneserNey, trainUnigram } from '../ngram/index.ts'
import {
  fitMixture,
  fitWeights,
  interpolate,
  mixLogProbabilities,
  ngramScorer,
  scoreTokens,
  type TokenScorer,
} from './index.ts'

/** A scorer that gives fixed probabilities to the tokens of any text of their number. */
function fixed(name: string, ...probabilities: number[]): TokenScorer {
  return { name, adaptive: false, logProbabilities: async () => Float64Array.from(probabilities, Math.log) }
}

const text = new Int32Array(3)

test('a mixture is the weighted mean of probabilities, token by token', async () => {
  const mixture = interpolate([
    { scorer: fixed('A', 0.5, 0.1, 0), weight: 0.25 },
    { scorer: fixed('B', 0.1, 0.2, 0.4), weight: 0.75 },
  ])
  const probabilities = Array.from(await mixture.logProbabilities(text), Math.exp)
  for (const [token, value] of [0.2, 0.175, 0.3].entries())
    expect(probabilities[token]).toBeCloseTo(value, 14)
  expect(mixture).toMatchObject({ name: '0.25 A + 0.75 B', adaptive: false })
  const score = await scoreTokens(mixture, text)
  expect(score.perplexity).toBeCloseTo((0.2 * 0.175 * 0.3) ** (-1 / 3), 12)
  expect(score).toMatchObject({ tokens: 3, unscored: 0, name: mixture.name })
})

test('probabilities that no double can hold are mixed by their logarithms', () => {
  const mixed = mixLogProbabilities([Float64Array.of(-2000), Float64Array.of(-2001)], [0.5, 0.5])
  expect(mixed[0]).toBeCloseTo(-2000 + Math.log(0.5 + 0.5 * Math.exp(-1)), 12)
})

test('a scorer without a distribution leaves the others their whole mass', async () => {
  const parts = [
    { scorer: fixed('A', Number.NaN, 0.1, Number.NaN), weight: 0.25 },
    { scorer: fixed('B', 0.2, 0.2, Number.NaN), weight: 0.75 },
  ]
  const score = await scoreTokens(interpolate(parts, 'mixed'), text)
  expect(Math.exp(score.logProbabilities[0]!)).toBeCloseTo(0.2, 14)
  expect(Math.exp(score.logProbabilities[1]!)).toBeCloseTo(0.175, 14)
  expect(score.logProbabilities[2]).toBeNaN()
  expect(score).toMatchObject({ tokens: 2, unscored: 1 })
})

test('a token that no part thinks possible has probability 0', () => {
  const zero = Float64Array.of(Number.NEGATIVE_INFINITY)
  expect(mixLogProbabilities([zero, zero], [0.5, 0.5])[0]).toBe(Number.NEGATIVE_INFINITY)
})

test('expectation-maximisation finds the weights of a mixture that made the text', () => {
  // Two dice of two sides, A 0.9 : 0.1 and B 0.2 : 0.8, thrown 0.3 : 0.7 give side 0 with 0.41.
  const sides = Int32Array.from({ length: 1000 }, (_, token) => (token < 410 ? 0 : 1))
  const columns = [
    [0.9, 0.1],
    [0.2, 0.8],
  ].map(sidesOf => Float64Array.from(sides, side => Math.log(sidesOf[side]!)))
  const fit = fitWeights(columns, { tolerance: 1e-14, iterations: 1000 })
  expect(fit.weights[0]).toBeCloseTo(0.3, 5)
  expect(fit.converged).toBe(true)
  expect(fit.tokens).toBe(1000)
  fit.perplexities.slice(1).forEach((value, index) => {
    expect(value).toBeLessThanOrEqual(fit.perplexities[index]! + 1e-12)
  })
  expect(fit.perplexities.at(-1)).toBeCloseTo(0.41 ** -0.41 * 0.59 ** -0.59, 10)
  expect(fit.perplexities.length).toBe(fit.iterations + 1)
  const other = fitWeights(columns, { initial: [0.99, 0.01], tolerance: 1e-14, iterations: 1000 })
  expect(other.weights[0]).toBeCloseTo(0.3, 5)
  expect(fitWeights(columns, { iterations: 2 })).toMatchObject({ iterations: 2, converged: false })
})

test('a mixture fitted on held-out text is better there than its parts and than any other weights', async () => {
  const [train, heldOut] = [randomSentences(20, 4000, 1), randomSentences(20, 1000, 2)]
  const options = { vocabularySize: 21, endOfSentence: 20 }
  const scorers = [
    ngramScorer(trainKneserNey(train, { order: 3, ...options })),
    ngramScorer(trainUnigram(train, 21)),
  ]
  const { scorer, fit } = await fitMixture(scorers, heldOut)
  expect(scorer.name).toMatch(/^0\.\d+ Kneser-Ney, order 3 \+ 0\.\d+ unigram$/)
  const fitted = (await scoreTokens(scorer, heldOut)).perplexity
  expect(fitted).toBeCloseTo(fit.perplexities.at(-1)!, 10)
  for (const each of scorers)
    expect(fitted).toBeLessThanOrEqual((await scoreTokens(each, heldOut)).perplexity)
  for (const weight of [0.1, 0.5, 0.9]) {
    const mixture = interpolate(
      scorers.map((each, part) => ({ scorer: each, weight: part ? 1 - weight : weight })),
    )
    expect((await scoreTokens(mixture, heldOut)).perplexity).toBeGreaterThan(fitted - 1e-4)
  }
})

test('a part that does not help loses its weight', () => {
  const good = Float64Array.from({ length: 100 }, () => Math.log(0.5))
  const bad = Float64Array.from({ length: 100 }, () => Math.log(0.001))
  const { weights } = fitWeights([good, bad], { tolerance: 1e-12 })
  expect(weights[0]).toBeGreaterThan(0.999999)
})

test('weights and texts that make no sense are refused', async () => {
  const said = async (act: () => unknown): Promise<string> => {
    try {
      await act()
      return 'nothing'
    } catch (error) {
      return String(error)
    }
  }
  const [a, b] = [fixed('A', 0.5), fixed('B', 0.5)]
  expect(await said(() => interpolate([]))).toMatchInlineSnapshot(`
    "ElmanError: MIXTURE_WEIGHTS_INVALID  the weights of a mixture are not a distribution
      expected numbers above 0 that sum to 1
      found    no parts
      fitWeights finds weights on a validation text"
  `)
  expect(
    await said(() =>
      interpolate([
        { scorer: a, weight: 0.5 },
        { scorer: b, weight: 0.6 },
      ]),
    ),
  ).toMatchInlineSnapshot(`
    "ElmanError: MIXTURE_WEIGHTS_INVALID  the weights of a mixture are not a distribution
      expected numbers above 0 that sum to 1
      found    0.5 + 0.6 = 1.1
      fitWeights finds weights on a validation text"
  `)
  const empty = fixed('C')
  expect(await said(() => fitMixture([empty, empty], new Int32Array(0)))).toMatchInlineSnapshot(`
    "ElmanError: MIXTURE_TEXT_EMPTY  weights of a mixture are fitted on tokens that its scorers give a probability
      expected at least one token, and a weight for each scorer
      found    0 tokens, 2 weights, 2 scorers"
  `)
  expect(
    await said(() => fitWeights([Float64Array.of(Number.NaN), Float64Array.of(-1)])),
  ).toMatchInlineSnapshot(`
    "ElmanError: MIXTURE_TEXT_EMPTY  weights of a mixture are fitted on tokens that its scorers give a probability
      expected at least one token, and a weight for each scorer
      found    0 tokens, 2 weights, 2 scorers"
  `)
})
