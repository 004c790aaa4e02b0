import { expect, test } from 'vitest'
import { anbn } from '../languages/tasks/blocks.ts'
import { counterDrift, enumerateBlocks, lineThrough } from './counters.ts'
import { handBuilt } from './hand-built.ts'
import { referenceOf, subjectOf } from './subject.ts'

/** aⁿbⁿ by a unit that counts up by 1 and down by `down`, and one that has seen a b; -1 when it is out. */
const counting = (down: number, inner = 0.25) => ({
  ...{ symbols: 2, start: [0, 0], target: 'flags' as const },
  step: ([n, phase]: readonly number[], symbol: number) => (symbol === 0 ? [n! + 1, phase!] : [n! - down, 1]),
  logits: ([n, phase]: readonly number[]) => [
    0.5 - phase!,
    n! - inner,
    phase! - 0.5 - Math.max(0, n! - inner),
  ],
})

test('a counter that counts exactly is right on all blocks up to the bound', async () => {
  const found = await enumerateBlocks(subjectOf(handBuilt(counting(1))), referenceOf(anbn, 'flags'), {
    blocks: [0, 1],
    bound: 60,
  })
  expect(found).toEqual({ blocks: [0, 1], bound: 60, words: 61 ** 2, frontier: 60 })
})

test('a counter that loses a hundredth each step is right up to where a quarter is lost', async () => {
  const network = handBuilt(counting(0.99))
  const found = await enumerateBlocks(subjectOf(network), referenceOf(anbn, 'flags'), {
    blocks: [0, 1],
    bound: 60,
  })
  // after aⁿbⁿ the unit stands at n/100 instead of 0, which passes 0.25 at n = 26 (or 25, by rounding)
  expect(found.frontier).toBeGreaterThanOrEqual(24)
  expect(found.frontier).toBeLessThanOrEqual(25)
  expect(Math.max(...found.wrong!.counts)).toBe(found.frontier + 1)
  const [drift] = await counterDrift(network, { blocks: [0, 1], steps: 50 })
  expect(drift).toMatchObject({ blocks: [0, 1], part: 'h', unit: 0 })
  expect(drift!.up.slope).toBeCloseTo(1, 6)
  expect(drift!.drift).toBeCloseTo(0.01, 6)
  expect(drift!.down.fit).toBeCloseTo(1, 6)
})

test('words of all block counts are looked at, those out of order included', async () => {
  const network = handBuilt({ ...counting(1), logits: () => [1, 1, 1] })
  const found = await enumerateBlocks(subjectOf(network), referenceOf(anbn, 'flags'), {
    blocks: [0, 1],
    bound: 5,
  })
  expect(found).toMatchObject({ frontier: -1, wrong: { counts: [0, 0] } })
})

test('the line through values on a line is that line, and the worst value off it is its distance', () => {
  expect(lineThrough([1, 3, 5, 7])).toEqual({ slope: 2, worst: 0, fit: 1 })
  expect(lineThrough([0, 0, 0, 0])).toEqual({ slope: 0, worst: 0, fit: 0 })
  expect(lineThrough([0, 1, 0]).worst).toBeCloseTo(2 / 3, 12)
})
