/**
 * What the scores of Delétang et al. mean: the best constant answer of each task, and predictors that know nothing of
 * the task and still score. Shares in [0, 1] under the average over the lengths 41 to 500.
 */
import { DELETANG_TEST_LENGTHS } from './score.ts'

/** Score of the best answer that does not look at the input. */
export interface Chance {
  readonly task: string
  readonly score: number
  /** `exact`: follows from the definition; `measured`: on samples; `about`: for tasks with a filled-up output. */
  readonly kind: 'exact' | 'measured' | 'about'
}

const exact = (task: string, score: number): Chance => ({ task, score, kind: 'exact' })
const about = (task: string): Chance => ({ task, score: 0.5, kind: 'about' })

/** Chance of each task. */
export const DELETANG_CHANCE: readonly Chance[] = [
  exact('even-pairs', 0.5),
  { task: 'modular-arithmetic-simple', score: 0.201, kind: 'measured' },
  exact('parity-check', 0.5),
  exact('cycle-navigation', 0.2),
  about('stack-manipulation'),
  exact('reverse-string', 0.5),
  { task: 'modular-arithmetic', score: 0.309, kind: 'measured' },
  exact('solve-equation', 0.2),
  exact('duplicate-string', 0.5),
  exact('missing-duplicate', 0.5),
  exact('odds-first', 0.5),
  about('binary-addition'),
  about('binary-multiplication'),
  about('compute-sqrt'),
  exact('bucket-sort', 0.2),
]

/** A predictor that does not solve a task, and its score. */
export interface TrivialPredictor {
  readonly task: string
  readonly predictor: string
  readonly score: number
}

/**
 * Mean over the lengths of what remembering `symbols` symbols of a word and guessing the other bits gives; for Reverse
 * String and Duplicate String.
 */
export function rememberingScore(symbols: number): number {
  const { from, to } = DELETANG_TEST_LENGTHS
  let sum = 0
  for (let length = from; length <= to; length++) {
    const known = Math.min(symbols, length)
    sum += (known + (length - known) / 2) / length
  }
  return sum / (to - from + 1)
}

/** Guess of a sorted word by place alone: symbol ⌊5 i / length⌋ at place i. */
export function sortedByPlace(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.floor((5 * i) / length))
}

/** Predictors to print beside a score. */
export const DELETANG_TRIVIAL: readonly TrivialPredictor[] = [
  ...['reverse-string', 'duplicate-string'].flatMap(task =>
    [20, 40, 64].map(symbols => ({
      task,
      predictor: `remembers ${symbols} symbols, guesses the rest`,
      score: rememberingScore(symbols),
    })),
  ),
  { task: 'bucket-sort', predictor: 'symbol by place alone', score: 0.9 },
  { task: 'modular-arithmetic', predictor: 'always 0', score: 0.309 },
]
