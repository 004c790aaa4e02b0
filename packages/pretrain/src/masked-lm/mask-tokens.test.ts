import { isElmanError, random } from '@elman/core'
import { expect, test } from 'vitest'
import { type MaskingOptions, maskTokens, maximumPredictions } from './mask-tokens.ts'

const MASK = 999
const options: MaskingOptions = { vocabularySize: 1000, mask: MASK }
/** `[CLS]`, `length - 2` tokens in words of `pieces`, `[SEP]`; ids are the places. */
const sequence = (length: number, pieces = 1) => ({
  ids: Int32Array.from({ length }, (_, i) => i),
  wordIndex: Int32Array.from({ length }, (_, i) =>
    i === 0 || i === length - 1 ? -1 : Math.floor((i - 1) / pieces),
  ),
})

test('rooms for predictions are those of the original settings', () => {
  expect([maximumPredictions(128), maximumPredictions(512), maximumPredictions(3)]).toEqual([20, 77, 1])
})

test('15 % are asked for, 80/10/10 of them shown so, within five deviations over many draws', () => {
  const counts = { masked: 0, other: 0, same: 0 }
  for (let draw = 0; draw < 500; draw++) {
    const { ids, places, targets } = maskTokens(random.foldIn(random.key(3), draw), sequence(128), options)
    expect(places.length).toBe(19)
    expect([...targets]).toEqual([...places])
    for (const place of places) {
      expect(place > 0 && place < 127).toBe(true)
      if (ids[place] === MASK) counts.masked += 1
      else if (ids[place] === place) counts.same += 1
      else counts.other += 1
    }
  }
  const all = 500 * 19
  // A random id is [MASK] or the token itself once in a thousand each.
  const expected = { masked: 0.8001, other: 0.0998, same: 0.1001 }
  for (const [kind, p] of Object.entries(expected)) {
    const error = Math.abs(counts[kind as keyof typeof counts] - all * p)
    expect(error).toBeLessThan(5 * Math.sqrt(all * p * (1 - p)))
  }
})

test('the same key gives the same masks, another key others', () => {
  const of = (seed: number) => maskTokens(random.key(seed), sequence(60), options)
  expect(of(1)).toEqual(of(1))
  expect(of(1).places).not.toEqual(of(2).places)
})

test('words are masked whole, and never more places than wanted', () => {
  for (let draw = 0; draw < 50; draw++) {
    const text = sequence(62, 3)
    const { places } = maskTokens(random.key(draw), text, { ...options, wholeWords: true })
    expect(places.length).toBe(9)
    const words = new Set([...places].map(place => text.wordIndex[place]))
    expect(words.size).toBe(3)
  }
})

test('a short text has one place, and the maximum holds', () => {
  expect(maskTokens(random.key(1), sequence(3), options).places).toEqual(Int32Array.of(1))
  expect(maskTokens(random.key(1), sequence(128), { ...options, maximum: 4 }).places.length).toBe(4)
})

test('a sequence of special tokens is refused', () => {
  try {
    maskTokens(random.key(1), sequence(2), options)
    expect.unreachable()
  } catch (error) {
    expect(isElmanError(error) && error.code).toBe('MASKING_NOTHING')
  }
})
