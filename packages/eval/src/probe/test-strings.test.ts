import { expect, test } from 'vitest'
import { encodeView } from '../languages/index.ts'
import { anbn } from '../languages/tasks/blocks.ts'
import { parity } from '../languages/tasks/parity.ts'
import { testHash, testSet, testSizes } from './test-strings.ts'
import { firstStrings, sizeOfStep, stringKey, stringsOfStep, trainingKeys } from './training-strings.ts'

const dense = encodeView(parity, 'dense')
const from = { encoding: dense, trainSize: 8, batch: 4, seed: 1 }

test('test strings are distinct, and not among the training strings where there are others', () => {
  const seen = trainingKeys(from, 8, 100)
  const { strings, heldOut } = testSet(dense, 8, 50, { seen })
  const keys = strings.map(stringKey)
  expect(heldOut).toBe(true)
  expect(new Set(keys).size).toBe(50)
  expect(keys.filter(key => seen.has(key))).toEqual([])
})

test('a language with too few strings is tested on all that were drawn, and says so', () => {
  const encoding = encodeView(anbn, 'next-symbol')
  const seen = trainingKeys({ ...from, encoding }, 3, 100)
  expect(testSet(encoding, 3, 20, { seen })).toMatchObject({ strings: { length: 1 }, heldOut: false })
  expect(testSet(encoding, 30, 20)).toMatchObject({ strings: { length: 1 }, heldOut: true })
})

test('a class with one word of a size is asked for it again, so that classes stay balanced', () => {
  const { strings, heldOut } = testSet(encodeView(anbn, 'recognise'), 12, 64)
  const positives = strings.filter(({ targets }) => targets.at(-1) === 1)
  expect(strings.length).toBe(64)
  expect(positives.length).toBe(32)
  expect(new Set(positives.map(stringKey)).size).toBe(1)
  expect(new Set(strings.map(stringKey)).size).toBeGreaterThan(2)
  expect(heldOut).toBe(false)
})

test('test sizes are multiples of the training size, or the nearest that there are', () => {
  expect(testSizes(parity, 20)).toEqual([20, 30, 40, 80, 160])
  const even = { ...parity, hasSize: (size: number) => size % 2 === 0 }
  expect(testSizes(even, 10)).toEqual([10, 16, 20, 40, 80])
})

test('the hash of test strings changes with them', () => {
  const sets = [testSet(dense, 8, 20), testSet(dense, 12, 20)]
  expect(testHash(sets)).toBe(testHash([testSet(dense, 8, 20), testSet(dense, 12, 20)]))
  expect(testHash(sets)).not.toBe(testHash([testSet(dense, 8, 20), testSet(dense, 12, 19)]))
})

test('any training step can be made alone, and seeds share its size but not its strings', () => {
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8]
  const all = firstStrings(from, 40, 100)
  expect(all.slice(20, 24)).toEqual(stringsOfStep(from, sizeOfStep(sizes, 5), 5))
  const other = stringsOfStep({ ...from, seed: 2 }, 8, 5).map(stringKey)
  expect(other).not.toEqual(stringsOfStep(from, 8, 5).map(stringKey))
})
