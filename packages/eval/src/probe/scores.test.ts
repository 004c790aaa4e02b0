import { expect, test } from 'vitest'
import type { SizeResult } from './record.ts'
import { bestBaseline, frontier, skill } from './scores.ts'

const result = (size: number, strings: number, tokens: number): SizeResult => ({
  size,
  length: size,
  strings: { right: strings, total: 10 },
  tokens: { right: tokens, total: 100 },
})

test('the frontier is the last size before the first mistake', () => {
  expect(frontier([result(10, 10, 100), result(20, 10, 100), result(40, 9, 99), result(80, 10, 100)])).toBe(
    20,
  )
  expect(frontier([result(20, 10, 100), result(10, 9, 99)])).toBe(0)
  expect(frontier([])).toBe(0)
})

test('skill is what a learner has beyond the best baseline, over all sizes', () => {
  const baselines = [
    { baseline: 'weak', sizes: [result(10, 0, 50), result(20, 0, 50)] },
    { baseline: 'better', sizes: [result(10, 0, 40), result(20, 0, 80)] },
  ]
  const best = bestBaseline(baselines)
  expect(best!.baseline).toBe('better')
  expect(skill([result(10, 10, 100), result(20, 10, 100)], best)).toBe(1)
  expect(skill([result(10, 0, 60), result(20, 0, 60)], best)).toBeCloseTo(0)
  expect(skill([result(10, 0, 80), result(20, 0, 80)], best)).toBeCloseTo(0.5)
})

test('a perfect baseline leaves nothing to show', () => {
  expect(skill([result(10, 10, 100)], { baseline: 'perfect', sizes: [result(10, 10, 100)] })).toBeNull()
})

test('an automaton that was learnt is no baseline of a regular language', () => {
  const baselines = [
    { baseline: 'majority', sizes: [result(10, 0, 50)] },
    { baseline: 'state-merging', sizes: [result(10, 10, 100)] },
  ]
  expect(bestBaseline(baselines, 'regular')!.baseline).toBe('majority')
  expect(bestBaseline(baselines, 'counter')!.baseline).toBe('state-merging')
})
