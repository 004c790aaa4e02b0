import { z } from 'zod'
import { defineComponent, SCHEDULE } from '../../container/extension-point.ts'
import { type Schedule, stateless } from './schedule.ts'

/** The same rate throughout. */
export function constantSchedule(): Schedule {
  return stateless(base => base)
}

/** Registry entry `constant`. */
export const constantComponent = defineComponent(SCHEDULE, {
  type: 'constant',
  summary: 'the same rate throughout',
  config: z.strictObject({}),
  create: constantSchedule,
})
