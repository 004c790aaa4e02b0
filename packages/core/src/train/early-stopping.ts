/** Stopping when evaluations no longer get better. */

/** When to stop. */
export interface EarlyStopping {
  /**
   * `no-gain` (unless given): after `patience` evaluations without a gain. `non-monotonic`: at a score above the lowest
   * of all earlier ones but the last `patience` (Merity et al. 2018).
   */
  readonly rule?: 'no-gain' | 'non-monotonic' | undefined
  /** Evaluations that the rule counts. */
  readonly patience: number
  /** What counts as a gain under `no-gain`; any unless given. */
  readonly minimumGain?: number | undefined
}

/** The best score so far and how long ago it was; plain JSON. */
export interface ScoreHistory {
  readonly best: number | null
  readonly bestStep: number
  /** Evaluations since the best. */
  readonly since: number
}

/** Before the first evaluation. */
export const NO_SCORES: ScoreHistory = { best: null, bestStep: 0, since: 0 }

/** The history after one more score; lower is better, and what is not a number never is. */
export function withScore(history: ScoreHistory, score: number, step: number, minimumGain = 0): ScoreHistory {
  const better = history.best === null ? Number.isFinite(score) : score < history.best - minimumGain
  return better ? { best: score, bestStep: step, since: 0 } : { ...history, since: history.since + 1 }
}

/** Whether patience is at its end; `turnedUp` says so under the non-monotonic rule. */
export function isExhausted(
  history: ScoreHistory,
  stopping: EarlyStopping | undefined,
  turnedUp: boolean,
): boolean {
  if (stopping?.rule === 'non-monotonic') return turnedUp
  return stopping !== undefined && history.since >= stopping.patience
}
