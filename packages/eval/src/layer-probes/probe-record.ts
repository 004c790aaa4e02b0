/** Results of layer probes: one record for each layer of each encoder, counts kept, and which items were right. */
import type { Count } from '../probe/record.ts'

/** What is probed for. */
export type LayerTask = 'pos' | 'senses'

/** The encoder itself, or the same with the weights that training began with. */
export type ProbedEncoder = 'trained' | 'untrained'

/** A linear probe as it was trained. */
export interface FitRecord {
  /** Chosen by the held-out set. */
  readonly l2: number
  readonly steps: number
  readonly converged: boolean
  /** Norm of the gradient at the end, relative to that at zero weights. */
  readonly relativeGradient: number
  /** Right on the held-out set that chose the penalty. */
  readonly heldOut?: Count | undefined
}

/** What all records say. */
interface RecordBase {
  /** `pos/trained/layer 1` */
  readonly probe: string
  readonly encoder: ProbedEncoder
  /** `layer 0`, …, or `mix`. */
  readonly layer: string
  readonly features: number
  /** SHA-256 of everything that decides the numbers: encoder, data, options. */
  readonly hash: string
  /** Learned shares of the layers, by name; for `mix` alone. */
  readonly mix?: { readonly shares: { readonly [layer: string]: number }; readonly gamma: number } | undefined
  readonly seconds: number
}

/** A probe for parts of speech. */
export interface TagRecord extends RecordBase {
  readonly task: 'pos'
  readonly score: Count
  /** Words that training showed, and others. */
  readonly known: Count
  readonly unknown: Count
  /** The control task, seed by seed. */
  readonly control: readonly (Count & { readonly seed: number })[]
  /** Accuracy minus mean accuracy on the control task. */
  readonly selectivity: number
  readonly fit: FitRecord
  /** Base64 of a bit for each test word, first word in the lowest bit. */
  readonly right: string
}

/** A probe for word senses. */
export interface SenseRecord extends RecordBase {
  readonly task: 'senses'
  /** A split for each seed: results on its test part. */
  readonly splits: readonly SenseSplitResult[]
}

/** Results on one split. */
export interface SenseSplitResult {
  readonly seed: number
  readonly score: Count
  readonly lemmas: { readonly [lemma: string]: Count }
  /** Mean over senses of the share found. */
  readonly senseRecall: number
  readonly fit?: FitRecord | undefined
  readonly right: string
}

/** A record of either task. */
export type LayerProbeRecord = TagRecord | SenseRecord

/** What needs no encoder. */
export interface TagBaselines {
  readonly task: 'pos'
  readonly tags: readonly string[]
  readonly trainWords: number
  readonly trainSentences: number
  readonly majority: Count
  readonly mostFrequentTag: Count
  readonly mostFrequentTagKnown: Count
  readonly mostFrequentTagUnknown: Count
  readonly mostFrequentTagRight: string
  /** Number of the sentence of each test word, as lengths of sentences. */
  readonly sentenceLengths: readonly number[]
}

/** What needs no encoder. */
export interface SenseBaselines {
  readonly task: 'senses'
  readonly lemmas: number
  readonly senses: number
  readonly splits: readonly {
    readonly seed: number
    readonly train: number
    readonly mostFrequentSense: Count
    readonly right: string
  }[]
}

/** Counts ones. */
export function countRight(right: Uint8Array, of: (item: number) => boolean = () => true): Count {
  let [found, total] = [0, 0]
  for (let item = 0; item < right.length; item++) {
    if (!of(item)) continue
    total += 1
    found += right[item]!
  }
  return { right: found, total }
}

/** The share of a count; not a number of nothing. */
export function shareOf({ right, total }: Count): number {
  return right / total
}

/** Flags of 0 and 1 as base64 of their bits. */
export function packFlags(flags: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8))
  for (let item = 0; item < flags.length; item++) bytes[item >> 3]! |= flags[item]! << (item & 7)
  return Buffer.from(bytes).toString('base64')
}

/** The flags of {@link packFlags}. */
export function unpackFlags(text: string, length: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  return Uint8Array.from({ length }, (_, item) => (bytes[item >> 3]! >> (item & 7)) & 1)
}
