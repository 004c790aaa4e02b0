/**
 * FLaRe's released data: a folder a language, with the training strings in it and the other splits under `datasets`.
 *
 * - `main.tok`: a string a line, its symbols' texts with single spaces between; an empty line is the empty string
 * - `labels.txt`: 0 or 1, a line for each string; absent in `test-edit-distance`, where all are negatives
 * - `num-edits.txt`: a line for each *negative*: its number of edits, or nothing when it is a random string
 * - `next-symbols.jsonl`: a line for each *positive*: for each prefix `{"s": "texts of symbols", "e": may end}`
 * - `edit-distances.txt`, `log-probabilities.txt`: not read
 */
import type { Word } from '../../languages/language.ts'

/** Splits that are released; not every language has all of them. */
export const FLARE_SPLIT_NAMES = [
  'train',
  'validation-short',
  'validation-long',
  'test',
  'test-short-held-out',
  'test-edit-distance',
] as const

/** One of {@link FLARE_SPLIT_NAMES}. */
export type FlareSplitName = (typeof FLARE_SPLIT_NAMES)[number]

/** The folder of a split under that of its language. */
export function flareSplitPath(split: FlareSplitName): string {
  return split === 'train' ? '' : `datasets/${split}`
}

/** One released string. */
export interface FlareString {
  readonly word: Word
  readonly label: 0 | 1
  /** Its line in `main.tok`, from 1. */
  readonly line: number
  /** Number of edits of a negative that was made from a positive. */
  readonly edits?: number
  /** Of a positive: after each prefix the flags of the symbols that may follow and of the end, in that order. */
  readonly next?: readonly Uint8Array[]
}

/** A split. */
export interface FlareData {
  /** A name of `FLARE_LANGUAGES`. */
  readonly language: string
  readonly split: FlareSplitName
  readonly alphabet: readonly string[]
  readonly strings: readonly FlareString[]
}
