import { expect, test } from 'vitest'
import { ElmanError } from '../errors/elman-error.ts'
import { bernoulliMask } from './bernoulli-mask.ts'
import { randomBits } from './bits.ts'
import { choice } from './choice.ts'
import { integersBelow, permutation } from './integers.ts'
import { foldIn, key, split } from './keys.ts'
import { inverseNormal, naturalLogarithm, normal } from './normal.ts'
import { uniform } from './uniform.ts'

const MILLION = 1_000_000

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length
  let variance = 0
  for (let i = 0; i < values.length; i++) variance += (values[i]! - mean) ** 2 / values.length
  return { mean, variance }
}

function chiSquare(counts: ArrayLike<number>, total: number): number {
  const expected = total / counts.length
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('four million bytes are evenly spread (chi-square, 255 degrees of freedom, 0.1 % bounds)', () => {
  const bytes = new Uint8Array(randomBits(key(11), MILLION).buffer)
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte]!++
  const statistic = chiSquare(counts, bytes.length)
  expect(statistic).toBeGreaterThan(190)
  expect(statistic).toBeLessThan(331)
})

test('neighbouring seeds, children, folds and words share no correlation', () => {
  const size = 100_000
  const streams = [
    ...[0, 1, 2, 3].map(seed => uniform(key(seed), size)),
    ...split(key(0), 3).map(child => uniform(child, size)),
    ...[0, 1, 2].map(step => uniform(foldIn(key(0), step), size)),
    uniform(key(0), size, 'float32', undefined, 1),
  ]
  for (let a = 0; a < streams.length; a++) {
    for (let b = 0; b < a; b++) {
      let product = 0
      for (let i = 0; i < size; i++) product += (streams[a]![i]! - 0.5) * (streams[b]![i]! - 0.5)
      expect(Math.abs((12 * product) / Math.sqrt(size)), `streams ${a} and ${b}`).toBeLessThan(4)
    }
  }
})

test.each(['float32', 'float64'] as const)('a million %s uniforms have mean 1/2 and variance 1/12', dtype => {
  const values = uniform(key(12), MILLION, dtype)
  const { mean, variance } = moments(values)
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / MILLION))
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / MILLION))
  expect(values.every(value => value >= 0 && value < 1)).toBe(true)
})

test.each(['float32', 'float64'] as const)(
  'a million %s normals have mean 0, variance 1 and a normal’s tails',
  dtype => {
    const values = normal(key(13), MILLION, dtype)
    const { mean, variance } = moments(values)
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(MILLION))
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / MILLION))
    const beyondTwo = values.filter(value => Math.abs(value) > 1.959963984540054).length / MILLION
    expect(Math.abs(beyondTwo - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / MILLION))
  },
)

test('normals cut anywhere are the same', () => {
  expect(normal(key(1), 9_000, 'float32', undefined, 1_001)).toEqual(normal(key(1), 10_001).slice(1_001))
  expect(normal(key(1), 9_000, 'float64', undefined, 1_001)).toEqual(
    normal(key(1), 10_001, 'float64').slice(1_001),
  )
})

/** From Python's statistics.NormalDist().inv_cdf. */
test.each([
  [2 ** -53, -8.209536151601386],
  [2 ** -33, -6.337957754553789],
  [1e-6, -4.753424308822899],
  [0.01, -2.3263478740408408],
  [0.3, -0.5244005127080407],
  [0.5, 0],
  [0.77, 0.7388468491852137],
  [0.999, 3.090232306167813],
])('the normal quantile of %f is right to the last digits', (probability, expected) => {
  expect(Math.abs(inverseNormal(probability) - expected)).toBeLessThanOrEqual(
    2e-15 * Math.max(1, Math.abs(expected)),
  )
})

test('the logarithm is within two units of the last place of Math.log', () => {
  for (const u of uniform(key(2), 20_000, 'float64')) {
    const x = u * u * u + 2 ** -60
    expect(Math.abs(naturalLogarithm(x) - Math.log(x))).toBeLessThanOrEqual(
      2 ** -51 * Math.max(2 ** -20, Math.abs(Math.log(x))),
    )
  }
})

test('a mask keeps the asked share and its mean is one', () => {
  for (const keep of [0.1, 0.5, 0.65]) {
    const mask = bernoulliMask(key(14), MILLION, keep)
    const kept = mask.filter(value => value !== 0)
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / keep)]))
    expect(Math.abs(kept.length / MILLION - keep)).toBeLessThan(4 * Math.sqrt((keep * (1 - keep)) / MILLION))
  }
})

test('a mask that keeps all is ones, one that keeps nothing is zeros', () => {
  expect(new Set(bernoulliMask(key(0), 100, 1))).toEqual(new Set([1]))
  expect(new Set(bernoulliMask(key(0), 100, 0, new Float32Array(100).fill(3)))).toEqual(new Set([0]))
})

test('a mask agrees with float64 comparison of its words', () => {
  const words = randomBits(key(5), 5000)
  const mask = bernoulliMask(key(5), 5000, 0.3)
  expect(Array.from(mask, value => value > 0)).toEqual(
    Array.from(words, word => (word >>> 0) / 2 ** 32 < 0.3),
  )
})

test('a probability outside [0, 1] is refused', () => {
  expect(() => bernoulliMask(key(0), 3, 1.5)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_PROBABILITY_INVALID  the probability to keep an element is not a probability
      expected a number in [0, 1]
      found    1.5]
  `)
  expect(() => bernoulliMask(key(0), 3, Number.NaN)).toThrow(ElmanError)
})

test('whole numbers below a bound are evenly spread, also where words must be drawn again', () => {
  for (const bound of [1, 2, 7, 100]) {
    const counts = new Uint32Array(bound)
    for (const value of integersBelow(key(15), 100_000, bound)) counts[value]!++
    expect(chiSquare(counts, 100_000)).toBeLessThan(bound + 4 * Math.sqrt(2 * bound))
  }
  const bound = 3 * 2 ** 30
  const thirds = new Uint32Array(3)
  for (const value of integersBelow(key(16), 90_000, bound)) thirds[Math.floor(value / 2 ** 30)]!++
  expect(chiSquare(thirds, 90_000)).toBeLessThan(13.8)
  expect(integersBelow(key(16), 50, bound, 30)).toEqual(integersBelow(key(16), 80, bound).slice(30))
})

test('an empty range is refused', () => {
  expect(() => integersBelow(key(0), 1, 0)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_BOUND_INVALID  random whole numbers need a range that is not empty and fits 32 bits
      expected a whole number in 1 .. 2^32
      found    0]
  `)
})

test('a permutation holds each number once and all orders of four are alike', () => {
  expect([...permutation(key(1), 1000)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 1000 }, (_, i) => i),
  )
  expect([...permutation(key(1), 0)]).toEqual([])
  const seen = new Map<string, number>()
  for (const child of split(key(17), 24_000)) {
    const order = permutation(child, 4).join()
    seen.set(order, (seen.get(order) ?? 0) + 1)
  }
  expect(seen.size).toBe(24)
  expect(chiSquare([...seen.values()], 24_000)).toBeLessThan(49.7)
})

test('a choice without replacement has no index twice', () => {
  expect(new Set(choice(key(1), 50, 60, { replacement: false })).size).toBe(50)
  expect(new Set(choice(key(1), 3, 5, { replacement: false, weights: [1, 0, 5, 1, 0] }))).toEqual(
    new Set([0, 2, 3]),
  )
})

test('a weighted choice follows the weights, first draws without replacement too', () => {
  const weights = [0, 1, 2, 0, 5, 0]
  const drawn = choice(key(18), 80_000, 6, { weights })
  const first = split(key(19), 20_000).map(child => choice(child, 2, 6, { weights, replacement: false })[0]!)
  for (const indices of [[...drawn], first]) {
    weights.forEach((weight, index) => {
      const share = indices.filter(value => value === index).length / indices.length
      const error = 4 * Math.sqrt(((weight / 8) * (1 - weight / 8)) / indices.length)
      expect(Math.abs(share - weight / 8)).toBeLessThanOrEqual(error)
    })
  }
})

test('choosing more indices than there are is refused', () => {
  expect(() =>
    choice(key(0), 3, 5, { weights: [1, 0, 1, 0, 0], replacement: false }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_CHOICE_INVALID  there are not enough indices to choose from
      expected 3
      found    2]
  `)
})

test('a negative weight is refused', () => {
  expect(() => choice(key(0), 1, 2, { weights: [1, -1] })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RANDOM_CHOICE_INVALID  weight 1 is no weight
      expected a number >= 0
      found    -1]
  `)
})
