/** The claim that lower layers hold syntax and upper ones word senses (Peters et al. 2018), judged by what was seen. */

import { comparePaired, type PairedComparison } from './paired-tests.ts'
import type {
  LayerProbeRecord,
  ProbedEncoder,
  SenseBaselines,
  SenseRecord,
  TagBaselines,
  TagRecord,
} from './probe-record.ts'
import { shareOf, unpackFlags } from './probe-record.ts'

/** What can be said of a claim. */
export type ClaimLevel = 'holds' | 'contradicted' | 'not decided'

/** A half of the claim. */
export interface JudgedHalf {
  readonly level: ClaimLevel
  /** Why, with the numbers. */
  readonly text: string
}

/** Both halves and the whole. */
export interface LayerClaim {
  readonly level: ClaimLevel
  /** Both halves in words. */
  readonly text: string
  readonly syntax: JudgedHalf
  readonly senses: JudgedHalf
}

/** Everything that was found. */
export interface LayerProbeResults {
  readonly records: readonly LayerProbeRecord[]
  readonly tagBaselines?: TagBaselines | undefined
  readonly senseBaselines?: SenseBaselines | undefined
}

/** Two layers compared, on each split. */
export interface LayerComparison {
  readonly first: string
  readonly second: string
  readonly splits: readonly PairedComparison[]
}

/**
 * Judges the claim. A half holds where its layer is the better one of the lowest and the highest recurrent layer with a
 * 95 % interval of the difference above zero, on every split, and also better than the best guess without a context
 * (most frequent tag of the word, most frequent sense); it is contradicted where the other layer is. The whole holds
 * where both halves do, and is contradicted where one is.
 */
export function judgeLayerClaim(results: LayerProbeResults): LayerClaim {
  const [syntax, senses] = [judgeSyntax(results), judgeSenses(results)]
  const levels = [syntax.level, senses.level]
  const level = levels.includes('contradicted')
    ? 'contradicted'
    : levels.every(one => one === 'holds')
      ? 'holds'
      : 'not decided'
  return { level, syntax, senses, text: `Syntax: ${syntax.text} Word senses: ${senses.text}` }
}

/** All pairs of layers of an encoder, the mix included, in the order of the records. */
export function compareTagLayers(
  { records, tagBaselines }: LayerProbeResults,
  encoder: ProbedEncoder,
): LayerComparison[] {
  if (tagBaselines === undefined) return []
  const groups = sentenceOfWords(tagBaselines)
  return pairsOf(tagRecords(records, encoder)).map(([first, second]) => ({
    ...{ first: first.layer, second: second.layer },
    splits: [comparePaired(tagFlags(first), tagFlags(second), groups)],
  }))
}

/** The same for senses, split by split. */
export function compareSenseLayers(
  { records }: LayerProbeResults,
  encoder: ProbedEncoder,
): LayerComparison[] {
  return pairsOf(senseRecords(records, encoder)).map(([first, second]) => ({
    ...{ first: first.layer, second: second.layer },
    splits: compareSplits(first, second),
  }))
}

/** Records of one encoder for parts of speech. */
export function tagRecords(records: readonly LayerProbeRecord[], encoder: ProbedEncoder): TagRecord[] {
  return records.filter(record => record.task === 'pos').filter(record => record.encoder === encoder)
}

/** Records of one encoder for senses. */
export function senseRecords(records: readonly LayerProbeRecord[], encoder: ProbedEncoder): SenseRecord[] {
  return records.filter(record => record.task === 'senses').filter(record => record.encoder === encoder)
}

function judgeSyntax({ records, tagBaselines }: LayerProbeResults): JudgedHalf {
  const ends = endsOf(tagRecords(records, 'trained'))
  if (ends === undefined || tagBaselines === undefined) return undecided(MISSING)
  const [lower, upper] = ends
  const groups = sentenceOfWords(tagBaselines)
  const between = comparePaired(tagFlags(lower), tagFlags(upper), groups)
  const better = between.difference >= 0 ? lower : upper
  const guessed = unpackFlags(tagBaselines.mostFrequentTagRight, between.total)
  const gain = comparePaired(tagFlags(better), guessed, groups)
  const numbers = `${lower.layer} has ${percent(shareOf(lower.score))} of tags right, ${upper.layer} ${percent(shareOf(upper.score))} (difference ${difference(between)}).`
  const level = levelOf([between])
  if (level === 'not decided') return { level, text: `${numbers} The interval holds 0.` }
  if (gain.interval[0] > 0) return { level, text: numbers }
  return undecided(
    `${numbers} But neither is better than the most frequent tag of each word, ${percent(shareOf(tagBaselines.mostFrequentTag))}.`,
  )
}

function judgeSenses({ records, senseBaselines }: LayerProbeResults): JudgedHalf {
  const ends = endsOf(senseRecords(records, 'trained'))
  if (ends === undefined || senseBaselines === undefined) return undecided(MISSING)
  const [lower, upper] = ends
  const splits = compareSplits(upper, lower)
  const mean = (record: SenseRecord) =>
    record.splits.reduce((sum, { score }) => sum + shareOf(score), 0) / record.splits.length
  const better = mean(upper) >= mean(lower) ? upper : lower
  const gains = better.splits.map(({ right, score }, index) =>
    comparePaired(
      unpackFlags(right, score.total),
      unpackFlags(senseBaselines.splits[index]!.right, score.total),
    ),
  )
  const numbers = `${upper.layer} has ${percent(mean(upper))} of senses right, ${lower.layer} ${percent(mean(lower))} (difference by split ${splits.map(difference).join(', ')}).`
  const level = levelOf(splits)
  if (level === 'not decided')
    return { level, text: `${numbers} Not every split's interval leaves out 0 on one side.` }
  if (gains.every(gain => gain.interval[0] > 0)) return { level, text: numbers }
  return undecided(`${numbers} But neither is better than the most frequent sense on every split.`)
}

const MISSING =
  'not probed, or of fewer than two recurrent layers, so that there is no lower and upper one to compare.'

function undecided(text: string): JudgedHalf {
  return { level: 'not decided', text }
}

/** `comparisons`: the layer that should be better, minus the other. */
function levelOf(comparisons: readonly PairedComparison[]): ClaimLevel {
  if (comparisons.every(({ interval }) => interval[0] > 0)) return 'holds'
  return comparisons.every(({ interval }) => interval[1] < 0) ? 'contradicted' : 'not decided'
}

/** The lowest and the highest recurrent layer: `layer 0` knows no context. */
function endsOf<R extends { readonly layer: string }>(records: readonly R[]): readonly [R, R] | undefined {
  const recurrent = records.filter(record => /^layer [1-9]/.test(record.layer))
  const [lower, upper] = [recurrent[0], recurrent.at(-1)]
  return lower === undefined || upper === undefined || lower === upper ? undefined : [lower, upper]
}

function compareSplits(first: SenseRecord, second: SenseRecord): PairedComparison[] {
  return first.splits.map(({ right, score }, index) =>
    comparePaired(unpackFlags(right, score.total), unpackFlags(second.splits[index]!.right, score.total)),
  )
}

function tagFlags({ right, score }: TagRecord): Uint8Array {
  return unpackFlags(right, score.total)
}

/** Number of the sentence of each test word. */
function sentenceOfWords({ sentenceLengths }: TagBaselines): Int32Array {
  return Int32Array.from(
    sentenceLengths.flatMap((length, sentence) => Array.from({ length }, () => sentence)),
  )
}

function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((first, index) => items.slice(index + 1).map(second => [first, second] as const))
}

/** Per cent with one decimal. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–'
}

/** A difference in points, with its interval. */
export function difference(comparison: PairedComparison): string {
  const points = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(2)}`
  const [from, to] = comparison.interval
  return `${points(comparison.difference)} points, ${points(from)} to ${points(to)}`
}
