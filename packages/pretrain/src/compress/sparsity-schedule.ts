/** When pruning removes how much. */
import { ElmanError } from '@elman/core'

/** A rise of sparsity over training. */
export interface SparsitySchedule {
  /** Share of zeros at the end, 0 .. 1. */
  readonly final: number
  /** Share of zeros at `begin`; 0 unless given. */
  readonly initial?: number | undefined
  /** Updates before the rise begins. */
  readonly begin: number
  /** Updates after which it is over. */
  readonly end: number
  /** Updates between changes; 100 unless given. */
  readonly every?: number | undefined
}

/**
 * Sparsity s after `step` updates: s_f + (s_i − s_f)(1 − (step − begin) / (end − begin))³, steep at first, when there is
 * much to remove (Zhu & Gupta 2017, "To prune, or not to prune"). 0 before `begin`, s_f after `end`.
 */
export function cubicSparsity({ final, initial = 0, begin, end }: SparsitySchedule, step: number): number {
  if (step < begin) return 0
  if (step >= end) return final
  return final + (initial - final) * (1 - (step - begin) / (end - begin)) ** 3
}

/** Whether masks change after `step` updates: at `begin`, every so many updates from there, and at `end`. */
export function changesMasks({ begin, end, every = 100 }: SparsitySchedule, step: number): boolean {
  return step === end || (step >= begin && step < end && (step - begin) % every === 0)
}

/** @throws `PRUNING_SCHEDULE_INVALID` */
export function checkSchedule(schedule: SparsitySchedule): void {
  const { final, initial = 0, begin, end, every = 100 } = schedule
  const whole = [begin, end, every].every(Number.isInteger)
  if (whole && initial >= 0 && initial <= final && final < 1 && begin >= 0 && end > begin && every > 0) return
  throw new ElmanError('PRUNING_SCHEDULE_INVALID', {
    message: 'sparsity cannot rise as the schedule says',
    expected: '0 ≤ initial ≤ final < 1, whole numbers 0 ≤ begin < end, every ≥ 1',
    found: `initial ${initial}, final ${final}, begin ${begin}, end ${end}, every ${every}`,
  })
}
