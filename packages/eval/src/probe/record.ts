/**
 * The record of one probe: a learner trained on a view of a language with one seed, and tested by length. Counts are
 * kept (right of total), never a percentage alone. Everything but `timing` is the same, byte for byte, when the probe
 * is run again on the same machine.
 */
import type { View } from '../languages/language.ts'

/** How many were right. */
export interface Count {
  readonly right: number
  readonly total: number
}

/** Results on test strings of one size. */
export interface SizeResult {
  readonly size: number
  /** Steps of an encoded string. */
  readonly length: number
  /** Strings of which every scored step is right. */
  readonly strings: Count
  /** Scored steps. */
  readonly tokens: Count
  /** Whether no test string was among the training strings; absent where it was not looked at. */
  readonly heldOut?: boolean
}

/** A baseline on the same strings. */
export interface BaselineResult {
  readonly baseline: string
  readonly sizes: readonly SizeResult[]
}

/** One line of a ladder's results. */
export interface ProbeRecord {
  /** `parity/dense/lstm-16/seed-1` */
  readonly probe: string
  readonly language: string
  readonly view: View
  /** Name in tables: `lstm-16`. */
  readonly learner: string
  /** The learner's config, complete. */
  readonly learnerConfig: unknown
  readonly seed: number
  readonly parameters: number
  /** Training as it was done: sizes 1 … trainSize, steps, batch, rate … */
  readonly training: {
    readonly trainSize: number
    readonly steps: number
    readonly [option: string]: unknown
  }
  /** SHA-256 of the complete config, and of the test strings. */
  readonly configHash: string
  readonly dataHash: string
  /** Last training loss in nats; null for a learner that counts, and where it was not a number. */
  readonly loss: number | null
  /** First step at which every validation string (size 2N) was right; null when never. */
  readonly solvedAt: number | null
  readonly soft: readonly SizeResult[]
  /** Memories by their likeliest action; absent without a memory. */
  readonly hard?: readonly SizeResult[]
  readonly baselines: readonly BaselineResult[]
  /** Best baseline by its share of right tokens over all sizes; on regular languages learnt automata are left out. */
  readonly bestBaseline: string
  /** (accuracy − best baseline) / (1 − best baseline), on tokens over all sizes; soft, hard. Null where that baseline is perfect. */
  readonly skill: number | null
  readonly hardSkill?: number | null
  /** Largest tested size up to which every string of every tested size is right; 0 when none. */
  readonly frontier: number
  readonly hardFrontier?: number
  /** Certificate in words and its file, when one was asked for; see certificates. */
  readonly certificate?: { readonly level: string; readonly summary: string; readonly file?: string }
  readonly versions: { readonly [name: string]: string }
  readonly timing: { readonly seconds: number; readonly [part: string]: number }
}
