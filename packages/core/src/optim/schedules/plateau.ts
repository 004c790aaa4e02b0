import { z } from 'zod'
import { defineComponent, SCHEDULE } from '../../container/extension-point.ts'
import type { Schedule } from './schedule.ts'

/** Options of {@link plateauSchedule}. */
export interface PlateauOptions {
  /** What the rate is multiplied by; 0.1 unless given. */
  readonly factor?: number | undefined
  /** Measurements without improvement that are borne; 10 unless given. */
  readonly patience?: number | undefined
  /** Part of the best value by which a better one must differ; 1e-4 unless given. */
  readonly threshold?: number | undefined
  /** Measurements after a reduction in which none counts as bad; 0 unless given. */
  readonly cooldown?: number | undefined
  /** Rate that is never gone below; 0 unless given. */
  readonly lowest?: number | undefined
  /** Whether lower or higher values are better; `min` unless given. */
  readonly mode?: 'min' | 'max' | undefined
}

/** What the schedule remembers: reductions so far, bad measurements in a row, cooldown left, best value. */
export type PlateauState = {
  readonly reductions: number
  readonly bad: number
  readonly cooldown: number
  readonly best: number | null
}

/**
 * Reduces the rate when a metric stops improving, as `ReduceLROnPlateau` of PyTorch with a relative threshold. A metric
 * that is not a number counts as bad.
 */
export function plateauSchedule(options: PlateauOptions = {}): Schedule {
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, lowest = 0, mode = 'min' } = options
  const better = (metric: number, best: number | null): boolean => {
    if (best === null) return !Number.isNaN(metric)
    return mode === 'min' ? metric < best * (1 - threshold) : metric > best * (1 + threshold)
  }
  const initialState: PlateauState = { reductions: 0, bad: 0, cooldown: 0, best: null }
  return {
    initialState,
    rate: (base, _position, state) => {
      const reduced = base * factor ** (state as PlateauState).reductions
      return Math.max(reduced, Math.min(lowest, base))
    },
    observe(state, metric): PlateauState {
      const before = state as PlateauState
      const improved = better(metric, before.best)
      const resting = before.cooldown > 0
      const bad = improved || resting ? 0 : before.bad + 1
      const best = improved ? metric : before.best
      if (bad > patience) return { reductions: before.reductions + 1, bad: 0, cooldown, best }
      return { ...before, bad, best, cooldown: resting ? before.cooldown - 1 : 0 }
    },
  }
}

/** Registry entry `plateau`. */
export const plateauComponent = defineComponent(SCHEDULE, {
  type: 'plateau',
  summary: 'reduces the rate when a metric stops improving',
  config: z.strictObject({
    factor: z.number().positive().lt(1).default(0.1).describe('what the rate is multiplied by'),
    patience: z.int().nonnegative().default(10).describe('measurements without improvement that are borne'),
    threshold: z.number().nonnegative().default(1e-4).describe('relative improvement that counts'),
    cooldown: z
      .int()
      .nonnegative()
      .default(0)
      .describe('measurements after a reduction that never count as bad'),
    lowest: z.number().nonnegative().default(0).describe('rate that is never gone below'),
    mode: z.enum(['min', 'max']).default('min').describe('whether lower or higher is better'),
  }),
  create: plateauSchedule,
})
