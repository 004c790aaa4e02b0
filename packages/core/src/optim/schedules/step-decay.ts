/** Schedules that multiply the rate by a factor at certain times. */
import { z } from 'zod'
import { defineComponent, SCHEDULE } from '../../container/extension-point.ts'
import { elapsed, type Schedule, type ScheduleUnit, stateless, unitConfig } from './schedule.ts'

const factorConfig = z.number().positive().max(1)

/** Multiplies the rate by `factor` after every `every` units. */
export function stepSchedule(options: {
  readonly every: number
  readonly factor?: number | undefined
  readonly unit?: ScheduleUnit | undefined
}): Schedule {
  const { every, factor = 0.1, unit = 'epoch' } = options
  return stateless((base, position) => base * factor ** Math.floor(elapsed(position, unit) / every))
}

/** Multiplies the rate by `factor` at each of the milestones (units done). */
export function multiStepSchedule(options: {
  readonly milestones: readonly number[]
  readonly factor?: number | undefined
  readonly unit?: ScheduleUnit | undefined
}): Schedule {
  const { milestones, factor = 0.1, unit = 'epoch' } = options
  return stateless((base, position) => {
    const passed = milestones.filter(milestone => milestone <= elapsed(position, unit)).length
    return base * factor ** passed
  })
}

/** Multiplies the rate by `factor` after every unit. */
export function exponentialSchedule(options: {
  readonly factor: number
  readonly unit?: ScheduleUnit | undefined
}): Schedule {
  const { factor, unit = 'epoch' } = options
  return stateless((base, position) => base * factor ** elapsed(position, unit))
}

/**
 * The rate of Zaremba et al. (2014): the same for `hold` units, then divided by `divisor` at the start of each further
 * one. Their small model holds 4 epochs and divides by 2, the medium one 6 and 1.2, the large one 14 and 1.15.
 */
export function holdThenDivideSchedule(options: {
  readonly hold: number
  readonly divisor: number
  readonly unit?: ScheduleUnit | undefined
}): Schedule {
  const { hold, divisor, unit = 'epoch' } = options
  return stateless((base, position) => base / divisor ** Math.max(0, elapsed(position, unit) + 1 - hold))
}

/** Registry entry `step`. */
export const stepComponent = defineComponent(SCHEDULE, {
  type: 'step',
  summary: 'multiplies the rate by a factor every so many epochs',
  config: z.strictObject({
    every: z.int().positive().describe('units between two changes'),
    factor: factorConfig.default(0.1).describe('what the rate is multiplied by'),
    unit: unitConfig('epoch'),
  }),
  create: stepSchedule,
})

/** Registry entry `multi-step`. */
export const multiStepComponent = defineComponent(SCHEDULE, {
  type: 'multi-step',
  summary: 'multiplies the rate by a factor at given epochs',
  config: z.strictObject({
    milestones: z.array(z.int().nonnegative()).describe('units done when the rate changes'),
    factor: factorConfig.default(0.1).describe('what the rate is multiplied by'),
    unit: unitConfig('epoch'),
  }),
  create: multiStepSchedule,
})

/** Registry entry `exponential`. */
export const exponentialComponent = defineComponent(SCHEDULE, {
  type: 'exponential',
  summary: 'multiplies the rate by a factor after every epoch',
  config: z.strictObject({
    factor: factorConfig.describe('what the rate is multiplied by'),
    unit: unitConfig('epoch'),
  }),
  create: exponentialSchedule,
})

/** Registry entry `hold-then-divide`. */
export const holdThenDivideComponent = defineComponent(SCHEDULE, {
  type: 'hold-then-divide',
  summary: 'constant for some epochs, then divided after each (Zaremba et al. 2014)',
  config: z.strictObject({
    hold: z.int().nonnegative().describe('units at the full rate'),
    divisor: z.number().positive().describe('what the rate is divided by for each further unit'),
    unit: unitConfig('epoch'),
  }),
  create: holdThenDivideSchedule,
})
