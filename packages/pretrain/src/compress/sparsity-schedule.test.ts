import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { changesMasks, checkSchedule, cubicSparsity } from './sparsity-schedule.ts'

const schedule = { final: 0.8, begin: 100, end: 500, every: 100 }

test('sparsity rises by the cubic law of Zhu & Gupta', () => {
  const at = (step: number) => cubicSparsity(schedule, step)
  expect([0, 99, 100, 500, 9000].map(at)).toEqual([0, 0, 0, 0.8, 0.8])
  expect(at(200)).toBeCloseTo(0.8 * (1 - 0.75 ** 3), 12)
  expect(at(300)).toBeCloseTo(0.8 * (1 - 0.5 ** 3), 12)
  expect(cubicSparsity({ ...schedule, initial: 0.2 }, 300)).toBeCloseTo(0.8 - 0.6 * 0.125, 12)
})

test('masks change at the beginning, every so many updates, and at the end', () => {
  const steps = Array.from({ length: 1000 }, (_, step) => step)
  expect(steps.filter(step => changesMasks(schedule, step))).toEqual([100, 200, 300, 400, 500])
  expect(steps.filter(step => changesMasks({ ...schedule, every: 150 }, step))).toEqual([100, 250, 400, 500])
})

test('a schedule that does not rise is refused', () => {
  let text = ''
  try {
    checkSchedule({ ...schedule, final: 1, end: 100 })
  } catch (error) {
    if (isElmanError(error)) text = error.message
  }
  expect(text).toMatchInlineSnapshot(`
    "PRUNING_SCHEDULE_INVALID  sparsity cannot rise as the schedule says
      expected 0 ≤ initial ≤ final < 1, whole numbers 0 ≤ begin < end, every ≥ 1
      found    initial 0, final 1, begin 100, end 100, every 100"
  `)
})
