/**
 * The non-monotonic rule of Merity et al. (2018): a score is above the lowest of all earlier ones but the last n. What
 * has to be remembered for that is short: the last scores, and the lowest before them.
 */

/** Earlier scores as far as the rule needs them; plain JSON. */
export interface ScoreTrail {
  /** The lowest of those that are not in `recent`; null before there are any. */
  readonly lowest: number | null
  /** The last scores, oldest first. */
  readonly recent: readonly number[]
}

/** Before the first score. */
export const NO_TRAIL: ScoreTrail = { lowest: null, recent: [] }

/** The trail after one more score; rules over up to `length` last scores can be asked of it. */
export function withTrail({ lowest, recent }: ScoreTrail, score: number, length: number): ScoreTrail {
  // What is not a number is worse than all; infinity is no JSON.
  const all = [...recent, Number.isFinite(score) ? score : Number.MAX_VALUE]
  const old = all.slice(0, Math.max(0, all.length - length))
  const lows = lowest === null ? old : [lowest, ...old]
  return { lowest: lows.length === 0 ? null : Math.min(...lows), recent: all.slice(old.length) }
}

/** Whether `score` is above the lowest of all scores of the trail but the last `patience`; never while there are none. */
export function turnsUp({ lowest, recent }: ScoreTrail, score: number, patience: number): boolean {
  const old = recent.slice(0, Math.max(0, recent.length - patience))
  const lows = lowest === null ? old : [lowest, ...old]
  return lows.length > 0 && !(score <= Math.min(...lows))
}
