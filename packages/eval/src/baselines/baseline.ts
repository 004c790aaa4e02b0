/** What a result is measured against: predictors too weak for the language, on the same strings. */
import type { EncodedString, Encoding } from '../languages/encoding.ts'

/** A fitted baseline. */
export interface Predictor {
  /** Answers in the layout of `targets`; only steps that are scored are read. */
  predict(inputs: Uint8Array): Uint8Array
}

/** A kind of baseline. */
export interface Baseline {
  /** Such as `majority`, `last-2`, `sl-3`. */
  readonly id: string
  readonly title: string
  /** Whether it has an answer in this view. */
  suits(encoding: Encoding): boolean
  /** Learns from training strings. `seed` for those that draw. */
  fit(encoding: Encoding, strings: readonly EncodedString[], seed: number): Predictor
}
