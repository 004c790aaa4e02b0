/**
 * Learning-rate schedules: host functions from where training stands to the rate of the next update. The few that
 * remember something keep it in a plain record, which a checkpoint stores as JSON.
 */
import { z } from 'zod'
import { ElmanError } from '../../errors/elman-error.ts'

/** Where training stands before an update. */
export interface SchedulePosition {
  /** Updates done. */
  readonly step: number
  /** Passes over the data that are finished. */
  readonly epoch: number
  /** Updates of the whole training, where known. */
  readonly totalSteps?: number | undefined
  /** Passes of the whole training, where known. */
  readonly totalEpochs?: number | undefined
}

/** What a schedule remembers; `{}` for most. */
export type ScheduleState = { readonly [name: string]: number | null }

/** Rates over a training. Pure: the same arguments give the same rate. */
export interface Schedule {
  /** State before training. */
  readonly initialState: ScheduleState
  /**
   * The rate of the next update.
   *
   * @param base the optimiser's rate: the start, or the peak for schedules that rise first
   * @throws `SCHEDULE_LENGTH_UNKNOWN` when the schedule needs the length of the training and nobody gave it
   */
  rate(base: number, position: SchedulePosition, state: ScheduleState): number
  /** State after a metric was measured (lower is better unless the schedule says otherwise). */
  observe?(state: ScheduleState, metric: number): ScheduleState
}

/** What a schedule counts. */
export type ScheduleUnit = 'step' | 'epoch'

/** Schema of a `unit` option. */
export function unitConfig(unit: ScheduleUnit) {
  return z.enum(['step', 'epoch']).default(unit).describe('what is counted: updates or passes over the data')
}

/** Schema of a `length` option. */
export const lengthConfig = z
  .int()
  .positive()
  .optional()
  .describe('units from start to end; the whole training unless given')

/** Units done. */
export function elapsed(position: SchedulePosition, unit: ScheduleUnit): number {
  return unit === 'step' ? position.step : position.epoch
}

/**
 * Units of the whole schedule: `length`, or those of the training.
 *
 * @throws `SCHEDULE_LENGTH_UNKNOWN` when neither is given
 */
export function lengthOf(
  type: string,
  length: number | undefined,
  position: SchedulePosition,
  unit: ScheduleUnit,
): number {
  const known = length ?? (unit === 'step' ? position.totalSteps : position.totalEpochs)
  if (known !== undefined) return known
  throw new ElmanError('SCHEDULE_LENGTH_UNKNOWN', {
    message: `schedule "${type}" needs the length of the training`,
    expected: `option "length" in ${unit}s, or a training whose length is known`,
    hint: `write { type: '${type}', length: ... }`,
  })
}

/** A schedule that remembers nothing. */
export function stateless(rate: (base: number, position: SchedulePosition) => number): Schedule {
  return { initialState: {}, rate }
}

declare module '../../container/extension-point.ts' {
  interface ExtensionPoints {
    schedule: { product: Schedule }
  }
}
