import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { averageRanks, coefficient } from '../evaluate/correlation.ts'
import { correlate } from './rank-correlation.ts'
import type { WordPair } from './word-pairs.ts'

const COUNT = 600
const pairs: WordPair[] = Array.from({ length: COUNT }, (_, at) => ({ a: at, b: COUNT }))
/** Counts that spread over three powers of ten, so that the frequency of a pair is that of its first word. */
const counts = [...random.normal(random.key(1), COUNT, 'float64')].map(value => Math.exp(value * 1.5 + 5))
counts.push(100)
const noise = (name: string) => random.normal(random.foldIn(random.key(2), name), COUNT, 'float64')

test('two similarities that only follow frequency correlate, but not when frequency is held constant', () => {
  const [x, y] = [noise('x'), noise('y')]
  const found = correlate(
    pairs,
    a => Math.log(counts[a]!) + x[a]!,
    a => Math.log(counts[a]!) + y[a]!,
    { control: 'log-frequency', counts, permutations: 400 },
  )
  expect(found.spearman).toBeGreaterThan(0.6)
  expect(found.chance.p).toBeLessThan(0.01)
  expect(Math.abs(found.partial!)).toBeLessThan(0.1)
  // Shuffled among pairs of the same frequency the correlation stays what it was.
  expect(found.frequencyAlone!.mean).toBeCloseTo(found.spearman, 1)
  expect(found.frequencyAlone!.p).toBeGreaterThan(0.05)
  for (const band of found.bands) expect(band.spearman).toBeLessThan(found.spearman)
})

test('a relation of its own survives when frequency is held constant', () => {
  const [x, y] = [noise('x'), noise('y')]
  const found = correlate(
    pairs,
    a => x[a]! - Math.log(counts[a]!),
    a => x[a]! + 0.5 * y[a]! + Math.log(counts[a]!),
    { control: 'log-frequency', counts, permutations: 400 },
  )
  expect(Math.abs(found.spearman)).toBeLessThan(0.35)
  expect(found.partial).toBeGreaterThan(0.75)
  expect(found.frequencyAlone!.p).toBeLessThan(0.01)
  for (const band of found.bands) expect(band.interval[0]).toBeGreaterThan(0)
})

test('the partial correlation is that of the residuals of the ranks', () => {
  const [x, y] = [noise('x'), noise('y')]
  const [fa, fb] = [(a: number) => x[a]! + Math.log(counts[a]!), (a: number) => x[a]! + y[a]!]
  const { partial } = correlate(pairs, fa, fb, { control: 'log-frequency', counts, permutations: 10 })
  const z = averageRanks(pairs.map(({ a }) => counts[a]!))
  const residuals = (values: number[]) => {
    const ranks = averageRanks(values)
    const mean = (COUNT + 1) / 2
    const slope =
      ranks.reduce((sum, r, at) => sum + (r - mean) * (z[at]! - mean), 0) /
      z.reduce((sum, v) => sum + (v - mean) ** 2, 0)
    return ranks.map((r, at) => r - slope * z[at]!)
  }
  const expected = coefficient(residuals(pairs.map(({ a }) => fa(a))), residuals(pairs.map(({ a }) => fb(a))))
  expect(partial).toBeCloseTo(expected, 10)
})

test('unrelated similarities give no more than chance, and the same seed the same figures', () => {
  const [x, y] = [noise('x'), noise('y')]
  const run = (seed: number) =>
    correlate(
      pairs,
      a => x[a]!,
      a => y[a]!,
      { permutations: 300, seed },
    )
  const found = run(1)
  expect(Math.abs(found.spearman)).toBeLessThan(0.1)
  expect(found.interval[0]).toBeLessThan(0)
  expect(found.interval[1]).toBeGreaterThan(0)
  expect(found.chance.size95).toBeCloseTo(1.96 / Math.sqrt(COUNT), 1)
  expect(found.partial).toBeUndefined()
  expect(run(1)).toEqual(found)
  expect(run(2).chance).not.toEqual(found.chance)
})

test('no shuffles or no bands are refused', () => {
  expect(() =>
    correlate(
      pairs,
      a => a,
      a => a,
      { permutations: 0 },
    ),
  ).toThrow('must be whole')
  expect(() =>
    correlate(
      pairs,
      a => a,
      a => a,
      { bands: 1.5 },
    ),
  ).toThrow('must be whole')
})

test('bands are of equal size, rarest first, and cover all pairs', () => {
  const x = noise('x')
  const { bands } = correlate(
    pairs,
    a => x[a]!,
    a => x[a]!,
    { control: 'log-frequency', counts, bands: 3, permutations: 10 },
  )
  expect(bands.map(band => band.pairs)).toEqual([200, 200, 200])
  expect(bands[0]!.frequencies[1]).toBeLessThanOrEqual(bands[1]!.frequencies[0])
  for (const band of bands) expect(band.spearman).toBeCloseTo(1, 12)
})

test('pairs without a similarity are left out and counted', () => {
  const x = noise('x')
  const found = correlate(
    pairs,
    a => (a % 3 === 0 ? Number.NaN : x[a]!),
    a => x[a]!,
    { permutations: 10 },
  )
  expect(found).toMatchObject({ pairs: 400, skipped: 200 })
  expect(() =>
    correlate(
      pairs.slice(0, 9),
      a => a,
      a => a,
    ),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  too few pairs to correlate
      expected at least 10
      found    9]
  `)
  expect(() =>
    correlate(
      pairs,
      a => a,
      a => a,
      { control: 'log-frequency' },
    ),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_HYPOTHESIS_INVALID  frequency cannot be held constant
      expected counts of the words
      found    none]
  `)
})
