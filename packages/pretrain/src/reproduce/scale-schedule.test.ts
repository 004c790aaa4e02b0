import { corePlugin, createContainer, SCHEDULE } from '@elman/core'
import { expect, test } from 'vitest'
import { scaleSchedule } from './scale-schedule.ts'

const container = createContainer([corePlugin])
const rateAt = (schedule: unknown, part: number, epochs: number) => {
  const epoch = Math.min(epochs - 1, Math.floor(part * epochs))
  const made = container.create(SCHEDULE, schedule as never)
  return made.rate(
    1,
    { step: 100 * epoch, totalSteps: 100 * epochs, epoch, totalEpochs: epochs },
    made.initialState,
  )
}

test.each([
  { type: 'hold-then-divide', hold: 6, divisor: 1.2 },
  { type: 'exponential', factor: 0.9 },
  { type: 'multi-step', milestones: [10, 20, 30], factor: 0.5 },
  { type: 'step', every: 10, factor: 0.5 },
  { type: 'cosine' },
  { type: 'warm-up', over: 4, unit: 'epoch', schedule: { type: 'exponential', factor: 0.9 } },
])('$type over a quarter of the epochs ends near the rate that it ended with', schedule => {
  const scaled = scaleSchedule(schedule, 40, 10)
  const [before, after] = [rateAt(schedule, 1, 40), rateAt(scaled, 1, 10)]
  // one epoch of ten is as long as four of forty: within that
  expect(after).toBeGreaterThanOrEqual(before * 0.6)
  expect(after).toBeLessThanOrEqual(Math.max(before * 2.1, 0.03))
})

test('what follows the score, spans the training by itself, or is counted in updates stays as it is', () => {
  for (const schedule of [
    { type: 'plateau', patience: 3 },
    { type: 'cosine' },
    { type: 'exponential', factor: 0.99, unit: 'step' },
    { type: 'of-a-plugin', hold: 3 },
    'constant',
    undefined,
  ]) {
    expect(scaleSchedule(schedule, 40, 10)).toEqual(schedule)
  }
})

test('one epoch has a schedule, too', () => {
  const schedule = { type: 'hold-then-divide', hold: 6, divisor: 1.2 }
  expect(scaleSchedule(schedule, 39, 1)).toEqual({ type: 'hold-then-divide', hold: 1, divisor: 1.2 })
  expect(scaleSchedule(schedule, 39, 39)).toEqual(schedule)
})
