import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { bootstrapInterval, drawnSpearman } from './bootstrap.ts'
import { averageRanks, pearson, spearman } from './correlation.ts'
import { compareDependentCorrelations } from './dependent-correlations.ts'
import { golden } from './fixtures/golden-files.ts'
import { twoSidedStudentT } from './student-t.ts'

interface Scipy {
  readonly correlations: readonly {
    x: number[]
    y: number[]
    ranks: number[]
    pearson: [number, number]
    spearman: [number, number]
  }[]
  readonly tails: readonly [t: number, degrees: number, p: number][]
  readonly williams: readonly [n: number, r12: number, r13: number, r23: number, t: number, p: number][]
}
const scipy = golden<Scipy>('scipy.json')

/** Equal to a relative error. */
function close(found: number, wanted: number, error = 1e-9): void {
  expect(Math.abs(found - wanted), `${found} for ${wanted}`).toBeLessThanOrEqual(error * Math.abs(wanted))
}

test("correlations, ranks and their p-values are scipy's, with ties and without", () => {
  for (const { x, y, ranks, ...wanted } of scipy.correlations) {
    expect([...averageRanks(x)]).toEqual(ranks)
    for (const [found, [value, p]] of [
      [pearson(x, y), wanted.pearson],
      [spearman(x, y), wanted.spearman],
    ] as const) {
      close(found.value, value)
      close(found.pValue, p)
    }
  }
})

test("the tails of Student's t are scipy's, down to the smallest", () => {
  for (const [t, degrees, p] of scipy.tails) close(twoSidedStudentT(t, degrees), p, 1e-10)
  expect(twoSidedStudentT(-2.5, 5)).toBe(twoSidedStudentT(2.5, 5))
  expect(twoSidedStudentT(Number.POSITIVE_INFINITY, 5)).toBe(0)
  expect(twoSidedStudentT(1, 0)).toBeNaN()
})

test('a correlation that is not defined is NaN', () => {
  expect(pearson([1], [2]).value).toBeNaN()
  expect(spearman([1, 2, 3], [5, 5, 5]).value).toBeNaN()
  expect(spearman([1, 2], [3, 4])).toEqual({ value: 1, pValue: Number.NaN })
  expect(() => pearson([1, 2], [1])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_SHAPE_MISMATCH  only two equally long rows of numbers have a correlation
      expected 2 numbers
      found    1]
  `)
})

test("Williams's test has the figures of its formula, and of Steiger's example", () => {
  for (const [n, first, second, between, t, p] of scipy.williams) {
    const found = compareDependentCorrelations(n, first, second, between)
    expect(found.degrees).toBe(n - 3)
    expect(found.t).toBeCloseTo(t, 10)
    expect(found.pValue).toBeCloseTo(p, 10)
  }
  const { t, pValue } = compareDependentCorrelations(103, 0.4, 0.5, 0.1)
  expect([t.toFixed(2), pValue.toFixed(2)]).toEqual(['-0.89', '0.37'])
})

test('Spearman of drawn pairs is that of the pairs written out', () => {
  const draws = random.integersBelow(random.key(3), 40, 40)
  const [x, y] = [1, 2].map(seed =>
    Array.from(random.normal(random.key(seed), 40), value => Math.round(2 * value)),
  )
  const times = new Int32Array(40)
  for (const thing of draws) times[thing]!++
  const written = spearman(
    Array.from(draws, thing => x![thing]!),
    Array.from(draws, thing => y![thing]!),
  )
  expect(drawnSpearman(x!, y!)(times)).toBeCloseTo(written.value, 12)
})

test('the bootstrap interval covers the true coefficient about as often as it says', () => {
  // Of normal variables with correlation 0.6 Spearman's coefficient is 6/π · asin(0.3).
  const truth = (6 / Math.PI) * Math.asin(0.3)
  let covered = 0
  for (let trial = 0; trial < 60; trial++) {
    const [u, v] = random.split(random.key(trial)).map(key => random.normal(key, 120))
    const y = v!.map((value, i) => 0.6 * u![i]! + 0.8 * value)
    const interval = bootstrapInterval(120, drawnSpearman(u!, y), { samples: 300, seed: trial })
    expect(interval.upper).toBeGreaterThan(interval.lower)
    if (interval.lower <= truth && truth <= interval.upper) covered++
  }
  expect(covered).toBeGreaterThanOrEqual(52)
})

test('equal seeds give equal intervals, others do not', () => {
  const x = random.normal(random.key(1), 50)
  const y = random.normal(random.key(2), 50)
  const at = (seed: number) => bootstrapInterval(50, drawnSpearman(x, y), { samples: 100, seed })
  expect(at(1)).toEqual(at(1))
  expect(at(1)).not.toEqual(at(2))
  expect(bootstrapInterval(0, () => Number.NaN).lower).toBeNaN()
})
