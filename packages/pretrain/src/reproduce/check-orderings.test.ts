import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'
import { verdictOf } from './check-orderings.ts'
import type { CollectedResult } from './collect.ts'
import { spreadOf } from './collect.ts'
import type { Row } from './row.ts'

test('an order holds when all seeds agree, and is never silently passed over', () => {
  expect(verdictOf([90, 91], [92, 99])).toBe('holds')
  expect(verdictOf([90, 95], [92, 99])).toBe('within the spread')
  expect(verdictOf([92, 99], [90, 91])).toBe('reversed')
  expect(verdictOf([90], [90])).toBe('reversed')
  expect(verdictOf([Number.NaN], [90])).toBe('reversed')
})

const row = { published: [{ test: 114.5, source: 'zaremba-2014', evidence: 'quoted' }] } as unknown as Row
const result = (test: number, given: Partial<CollectedResult> = {}) =>
  ({
    test: spreadOf([test]),
    valid: spreadOf([120]),
    full: true,
    publishedText: true,
    ...given,
  }) as CollectedResult

test('ours agrees with a published figure within two per cent, and only where the two can be compared', () => {
  expect(agreement(row, result(115))).toBe('yes, +0.4 %')
  expect(agreement(row, result(113))).toBe('yes, −1.3 %')
  expect(agreement(row, result(118))).toBe('**no**, +3.1 %')
  expect(agreement(row, result(100))).toBe('**no**, −12.7 %')
  expect(agreement(row, result(115, { full: false }))).toBe('cut down: not comparable')
  expect(agreement(row, result(115, { publishedText: false }))).toBe('another text')
  expect(agreement({ ...row, published: [] }, result(115))).toBe('no published figure')
})

test('a spread is mean and standard deviation over seeds', () => {
  expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, deviation: 1, values: [1, 2, 3] })
  expect(spreadOf([5])).toMatchObject({ mean: 5, deviation: 0 })
})
