import { z } from 'zod'
import { componentOf } from '../../config/component-schema.ts'
import { defineComponent, SCHEDULE } from '../../container/extension-point.ts'
import { constantSchedule } from './constant.ts'
import { elapsed, type Schedule, type ScheduleUnit, unitConfig } from './schedule.ts'

/** Options of {@link warmUpSchedule}. */
export interface WarmUpOptions {
  /** Units until the full rate; unit number n (from 0) has (n + 1) / over of it. */
  readonly over: number
  /** What is counted; updates unless given. */
  readonly unit?: ScheduleUnit | undefined
  /** The schedule that is warmed up; constant unless given. It counts from the start of training. */
  readonly schedule?: Schedule | undefined
}

/** Linear warm-up (Goyal et al. 2017): another schedule times min(1, (n + 1) / over). */
export function warmUpSchedule({
  over,
  unit = 'step',
  schedule = constantSchedule(),
}: WarmUpOptions): Schedule {
  return {
    ...schedule,
    rate: (base, position, state) =>
      schedule.rate(base, position, state) * Math.min(1, (elapsed(position, unit) + 1) / over),
  }
}

/** Registry entry `warm-up`. */
export const warmUpComponent = defineComponent(SCHEDULE, {
  type: 'warm-up',
  summary: 'rises linearly to another schedule (Goyal et al. 2017)',
  config: z.strictObject({
    over: z.int().positive().describe('units until the full rate'),
    schedule: componentOf(SCHEDULE).default('constant').describe('the schedule that is warmed up'),
    unit: unitConfig('step'),
  }),
  create: ({ schedule, ...options }, services) =>
    warmUpSchedule({ ...options, schedule: services.create(SCHEDULE, schedule) }),
})
