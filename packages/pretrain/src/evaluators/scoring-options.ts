/** What the scoring of a text may be told, and how it tells where it stands. */
import type { JsonValue } from '@elman/core'

/** How far the scoring of a text has come. */
export interface ScoringProgress {
  /** `statistics`: gradients over the training text, before anything is scored. */
  readonly phase: 'statistics' | 'score'
  /** Tokens read in this phase; those of each pass where a text is read several times. */
  readonly done: number
  /** Tokens of this phase in all. */
  readonly total: number
  readonly tokensPerSecond: number
  /** Seconds to the end of this phase at the rate so far. */
  readonly secondsLeft: number
}

/** What came up while a text was scored, as plain JSON: settings, counts, convergence. */
export type ScoringDetails = { readonly [name: string]: JsonValue }

/** What the scoring of a text may be told. */
export interface ScoringOptions {
  /** Stops between two windows; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Is told after each window. */
  readonly onProgress?: ((progress: ScoringProgress) => void) | undefined
  /** Is told once, at the end. */
  readonly onDetails?: ((details: ScoringDetails) => void) | undefined
}

/** Counts tokens, reports them, and stops when asked. */
export interface ProgressMeter {
  /** Notes that so many tokens were read. @throws the signal's reason */
  advance(tokens: number): Promise<void>
}

/** Milliseconds of work after which signals and timers, which a backend on this thread would starve, are let in. */
const BREATH = 50

/**
 * Starts counting.
 *
 * @param total - Tokens that will be read.
 */
export function progressMeter(
  phase: ScoringProgress['phase'],
  total: number,
  { signal, onProgress }: ScoringOptions = {},
): ProgressMeter {
  signal?.throwIfAborted()
  const start = performance.now()
  let breath = start
  let done = 0
  return {
    async advance(tokens) {
      done += tokens
      const now = performance.now()
      if (now - breath > BREATH) {
        await new Promise(resolve => setImmediate(resolve))
        breath = performance.now()
      }
      signal?.throwIfAborted()
      const tokensPerSecond = (1000 * done) / Math.max(now - start, 1e-3)
      onProgress?.({ phase, done, total, tokensPerSecond, secondsLeft: (total - done) / tokensPerSecond })
    },
  }
}
