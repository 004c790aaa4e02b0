import { random } from '@elman/core'
import { expect, test } from 'vitest'
import { type SamplingOptions, sampleToken } from './sample-token.ts'

const LOGITS = [0.2, 0.5, 0.3].map(p => Math.log(p))

/** Shares of the ids in many draws. */
function shares(options: SamplingOptions, forbidden?: number): number[] {
  const counts = [0, 0, 0]
  const draws = 20_000
  for (let i = 0; i < draws; i++) {
    const id = sampleToken(LOGITS, random.foldIn(random.key(1), i), options, forbidden)
    counts[id]! += 1 / draws
  }
  return counts
}

test.each<[string, SamplingOptions, number | undefined, number[]]>([
  ['follows the probabilities', {}, undefined, [0.2, 0.5, 0.3]],
  [
    'squares them at temperature one half',
    { temperature: 0.5 },
    undefined,
    [0.04 / 0.38, 0.25 / 0.38, 0.09 / 0.38],
  ],
  ['takes the most likely at temperature 0', { temperature: 0 }, undefined, [0, 1, 0]],
  ['keeps the top two', { topK: 2 }, undefined, [0, 0.5 / 0.8, 0.3 / 0.8]],
  ['keeps the nucleus that reaches the mass', { topP: 0.6 }, undefined, [0, 0.5 / 0.8, 0.3 / 0.8]],
  ['keeps one token for a small nucleus', { topP: 0.01 }, undefined, [0, 1, 0]],
  ['never takes what is forbidden', {}, 1, [0.4, 0, 0.6]],
])('sampling %s', (_name, options, forbidden, expected) => {
  for (const [id, share] of shares(options, forbidden).entries()) {
    expect(Math.abs(share - expected[id]!)).toBeLessThan(0.012)
  }
})

test('options out of range are refused', () => {
  expect(() => sampleToken(LOGITS, random.key(1), { topP: 0 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SAMPLING_OPTION_INVALID  "topP" of sampling is out of range
      expected a number above 0, up to 1
      found    0]
  `)
  expect(() => sampleToken(LOGITS, random.key(1), { temperature: -1 })).toThrow('SAMPLING_OPTION_INVALID')
  expect(() => sampleToken(LOGITS, random.key(1), { topK: 0 })).toThrow('SAMPLING_OPTION_INVALID')
})
