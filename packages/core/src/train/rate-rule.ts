import type { JsonValue } from '../io/json.ts'

/** Where a run is when it asks for a rate. */
export interface RatePosition {
  /** Updates done before. */
  readonly step: number
  readonly stepsPerEpoch: number
  /** Updates of the whole run. */
  readonly totalSteps: number
}

/** The learning rate over a run. */
export interface RateRule {
  rate(position: RatePosition): number
  /** Is told each evaluation's score, the lower the better. */
  observe?(score: number): void
  /** What `restore` needs to go on, where the rule remembers anything. */
  state?(): JsonValue
  restore?(state: JsonValue): void
}
