/** Schedules that know where training ends: cosine, one cycle, slanted triangle. */
import { z } from 'zod'
import { defineComponent, SCHEDULE } from '../../container/extension-point.ts'
import {
  elapsed,
  lengthConfig,
  lengthOf,
  type Schedule,
  type ScheduleUnit,
  stateless,
  unitConfig,
} from './schedule.ts'

/** Length and unit of a schedule with an end. */
export interface LengthOptions {
  /** Units from start to end; the whole training unless given. */
  readonly length?: number | undefined
  /** What is counted; updates unless given. */
  readonly unit?: ScheduleUnit | undefined
}

/** From `from` to `to` by half a cosine wave; `part` in [0, 1]. */
function halfCosine(from: number, to: number, part: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * part))) / 2
}

/** From the base rate down to `lowest` by half a cosine wave (Loshchilov & Hutter 2017), and constant after. */
export function cosineSchedule(
  options: LengthOptions & { readonly lowest?: number | undefined } = {},
): Schedule {
  const { length, lowest = 0, unit = 'step' } = options
  return stateless((base, position) => {
    const end = lengthOf('cosine', length, position, unit)
    return halfCosine(base, lowest, Math.min(1, elapsed(position, unit) / end))
  })
}

/** Options of {@link oneCycleSchedule}. */
export interface OneCycleOptions extends LengthOptions {
  /** Part of the length that rises; 0.3 unless given. */
  readonly rise?: number | undefined
  /** The first rate is the peak over this; 25 unless given. */
  readonly startDivisor?: number | undefined
  /** The last rate is the first over this; 1e4 unless given. */
  readonly endDivisor?: number | undefined
}

/**
 * One cycle (Smith & Topin 2019) as in PyTorch: from the base rate over `startDivisor` up to the base rate and down to
 * far below, both by half a cosine wave. The last unit of the length has the lowest rate.
 */
export function oneCycleSchedule(options: OneCycleOptions = {}): Schedule {
  const { length, unit = 'step', rise = 0.3, startDivisor = 25, endDivisor = 1e4 } = options
  return stateless((base, position) => {
    const last = lengthOf('one-cycle', length, position, unit) - 1
    const peak = rise * (last + 1) - 1
    const at = Math.min(elapsed(position, unit), last)
    const first = base / startDivisor
    if (at <= peak) return halfCosine(first, base, peak <= 0 ? 1 : at / peak)
    return halfCosine(base, first / endDivisor, (at - peak) / (last - peak))
  })
}

/** Options of {@link slantedTriangularSchedule}. */
export interface SlantedTriangularOptions extends LengthOptions {
  /** Part of the length that rises; 0.1 unless given. */
  readonly cutFraction?: number | undefined
  /** The lowest rate is the peak over this; 32 unless given. */
  readonly ratio?: number | undefined
}

/** Slanted triangle (Howard & Ruder 2018): a short linear rise to the base rate, a long linear fall. */
export function slantedTriangularSchedule(options: SlantedTriangularOptions = {}): Schedule {
  const { length, unit = 'step', cutFraction = 0.1, ratio = 32 } = options
  return stateless((base, position) => {
    const end = lengthOf('slanted-triangular', length, position, unit)
    const at = Math.min(elapsed(position, unit), end)
    const cut = Math.floor(end * cutFraction)
    const fall = cut > 0 ? cut * (1 / cutFraction - 1) : end
    const part = at < cut ? at / cut : 1 - (at - cut) / fall
    return (base * (1 + Math.max(0, part) * (ratio - 1))) / ratio
  })
}

/** Registry entry `cosine`. */
export const cosineComponent = defineComponent(SCHEDULE, {
  type: 'cosine',
  summary: 'falls by half a cosine wave (Loshchilov & Hutter 2017)',
  config: z.strictObject({
    length: lengthConfig,
    lowest: z.number().nonnegative().default(0).describe('rate at the end'),
    unit: unitConfig('step'),
  }),
  create: cosineSchedule,
})

/** Registry entry `one-cycle`. */
export const oneCycleComponent = defineComponent(SCHEDULE, {
  type: 'one-cycle',
  summary: 'rises to the base rate and falls far below the start (Smith & Topin 2019)',
  config: z.strictObject({
    length: lengthConfig,
    rise: z.number().positive().lt(1).default(0.3).describe('part of the length that rises'),
    startDivisor: z.number().positive().default(25).describe('the first rate is the peak over this'),
    endDivisor: z.number().positive().default(1e4).describe('the last rate is the first over this'),
    unit: unitConfig('step'),
  }),
  create: oneCycleSchedule,
})

/** Registry entry `slanted-triangular`. */
export const slantedTriangularComponent = defineComponent(SCHEDULE, {
  type: 'slanted-triangular',
  summary: 'a short linear rise and a long linear fall (Howard & Ruder 2018)',
  config: z.strictObject({
    length: lengthConfig,
    cutFraction: z.number().positive().lt(1).default(0.1).describe('part of the length that rises'),
    ratio: z.number().min(1).default(32).describe('the lowest rate is the peak over this'),
    unit: unitConfig('step'),
  }),
  create: slantedTriangularSchedule,
})
