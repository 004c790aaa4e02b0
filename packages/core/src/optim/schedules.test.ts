import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expectClose } from '../testing/expect-close.ts'
import { cosineSchedule, oneCycleSchedule, slantedTriangularSchedule } from './schedules/annealing.ts'
import { plateauSchedule } from './schedules/plateau.ts'
import type { Schedule, SchedulePosition } from './schedules/schedule.ts'
import {
  exponentialSchedule,
  holdThenDivideSchedule,
  multiStepSchedule,
  stepSchedule,
} from './schedules/step-decay.ts'
import { warmUpSchedule } from './schedules/warm-up.ts'

interface Golden {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: each schedule has its own options
  readonly options: any
  readonly rates: readonly number[]
}

const goldens: readonly Golden[] = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
).schedules

function scheduleOf({ name, options }: Golden): Schedule {
  const unit = 'step'
  switch (name) {
    case 'step':
      return stepSchedule({ every: options.step_size, factor: options.gamma, unit })
    case 'multi-step':
      return multiStepSchedule({ milestones: options.milestones, factor: options.gamma, unit })
    case 'exponential':
      return exponentialSchedule({ factor: options.gamma, unit })
    case 'cosine':
      return cosineSchedule({ length: options.T_max, lowest: options.eta_min })
    case 'one-cycle':
      return oneCycleSchedule({
        length: options.total_steps,
        rise: options.pct_start,
        startDivisor: options.div_factor,
        endDivisor: options.final_div_factor,
      })
    case 'warm-up':
      return warmUpSchedule({ over: 10 })
    case 'plateau':
      return plateauSchedule({
        factor: options.factor,
        patience: options.patience,
        threshold: options.threshold,
        cooldown: options.cooldown,
        lowest: options.min_lr,
      })
    case 'slanted-triangular':
      return slantedTriangularSchedule({
        length: options.steps,
        cutFraction: options.cut_fraction,
        ratio: options.ratio,
      })
    default:
      throw new Error(`the goldens have no schedule ${name}`)
  }
}

const at = (step: number, more: Partial<SchedulePosition> = {}): SchedulePosition => ({
  step,
  epoch: 0,
  ...more,
})

describe('rates equal those of PyTorch, and of the paper for the slanted triangle', () => {
  test.each(goldens)('$name', golden => {
    const schedule = scheduleOf(golden)
    const base = golden.options.lr ?? golden.options.max_lr
    let state = schedule.initialState
    const rates = golden.rates.map((_, step) => {
      const rate = schedule.rate(base, at(step), state)
      state = schedule.observe?.(state, golden.options.losses[step]) ?? state
      return rate
    })
    expectClose(rates, golden.rates, 1e-10)
  })
})

test('a plateau state restored from JSON in the middle goes on as the one that never stopped', () => {
  const golden = goldens.find(({ name }) => name === 'plateau')!
  for (const cut of [3, 7, 13]) {
    const schedule = scheduleOf(golden)
    let state = schedule.initialState
    const rates = golden.rates.map((_, step) => {
      if (step === cut) state = JSON.parse(JSON.stringify(state))
      const rate = schedule.rate(golden.options.lr, at(step), state)
      state = schedule.observe!(state, golden.options.losses[step])
      return rate
    })
    expectClose(rates, golden.rates, 1e-10)
  }
})

test('the small model of Zaremba et al. trains four epochs at 1 and halves from the fifth on', () => {
  const schedule = holdThenDivideSchedule({ hold: 4, divisor: 2 })
  const rateIn = (epoch: number) => schedule.rate(1, at(10 * epoch + 9, { epoch }), {})
  expect([0, 1, 2, 3, 4, 5, 12].map(rateIn)).toEqual([1, 1, 1, 1, 1 / 2, 1 / 4, 1 / 512])
})

test('a slanted triangle starts and ends at the peak over the ratio and has its peak at the cut', () => {
  const rate = (step: number) => slantedTriangularSchedule().rate(0.01, at(step, { totalSteps: 200 }), {})
  expectClose([rate(0), rate(20), rate(200), rate(999)], [0.01 / 32, 0.01, 0.01 / 32, 0.01 / 32], 1e-12)
})

test('a slanted triangle too short to rise starts at its peak', () => {
  const rate = (step: number) => slantedTriangularSchedule().rate(1, at(step, { totalSteps: 5 }), {})
  expectClose([rate(0), rate(5)], [1, 1 / 32], 1e-12)
})

test('warm-up multiplies the schedule that it warms up', () => {
  const schedule = warmUpSchedule({ over: 4, schedule: exponentialSchedule({ factor: 0.5, unit: 'step' }) })
  const rates = [0, 1, 2, 3, 4].map(step => schedule.rate(8, at(step), {}))
  expect(rates).toEqual([2, 2, 1.5, 1, 0.5])
})

test('a plateau counts a metric that is not a number as bad', () => {
  const schedule = plateauSchedule({ patience: 0, factor: 0.5 })
  let state = schedule.observe!(schedule.initialState, 3)
  state = schedule.observe!(state, Number.NaN)
  expect(schedule.rate(1, at(2), state)).toBe(0.5)
})

test('a schedule with an end that nobody knows says what to write', () => {
  expect(() => cosineSchedule().rate(1, at(0), {})).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SCHEDULE_LENGTH_UNKNOWN  schedule "cosine" needs the length of the training
      expected option "length" in steps, or a training whose length is known
      write { type: 'cosine', length: ... }]
  `)
})
