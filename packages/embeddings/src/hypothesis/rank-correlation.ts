import { ElmanError, type Key, random } from '@elman/core'
import { averageRanks, coefficient } from '../evaluate/correlation.ts'
import { uniformStream } from '../random/uniform-stream.ts'
import type { PairSimilarity } from './context-similarity.ts'
import type { WordPair } from './word-pairs.ts'

/** A rank correlation and the interval it lies in with 95 % confidence, if pairs were independent. */
export interface RankCorrelation {
  readonly pairs: number
  readonly spearman: number
  /** Fisher's z with the variance of Bonett & Wright (2000). */
  readonly interval: readonly [number, number]
}

/** What shuffling one side gives. */
export interface PermutationNull {
  readonly draws: number
  /** Mean of the shuffled correlations. */
  readonly mean: number
  /** The shuffled correlation that 95 % of the draws stay below, in size. */
  readonly size95: number
  /** Two-sided: share of draws that lie as far from their mean as the true one, (k + 1) / (draws + 1). */
  readonly p: number
}

/** An equal part of the pairs, by frequency. */
export interface BandCorrelation extends RankCorrelation {
  /** Least and largest geometric mean of the two words' counts. */
  readonly frequencies: readonly [number, number]
}

/** How two similarities of the same pairs agree. */
export interface SimilarityCorrelation extends RankCorrelation {
  /** Pairs left out because one similarity could not be said. */
  readonly skipped: number
  /** Shuffled over all pairs: what chance gives. */
  readonly chance: PermutationNull
  /** Of each side with the log of the product of the words' counts; absent without `control`. */
  readonly withFrequency?: readonly [number, number]
  /** Spearman's correlation given that log; absent without `control`. */
  readonly partial?: number
  /** Shuffled among pairs of about the same frequency: what frequency alone gives. Absent without `control`. */
  readonly frequencyAlone?: PermutationNull
  /** By frequency, rarest first; empty without `control`. */
  readonly bands: readonly BandCorrelation[]
}

/** How {@link correlate} looks at pairs. */
export interface CorrelateOptions {
  /** What to hold constant; needs `counts`. Default: nothing. */
  readonly control?: 'log-frequency'
  /** Occurrences of each word of the vocabulary. */
  readonly counts?: ArrayLike<number>
  /** Frequency bands of equal size; default 4. */
  readonly bands?: number
  /** Shuffles of each null; default 1000. */
  readonly permutations?: number
  /** Seed of the shuffles; default 1. */
  readonly seed?: number
}

const LEAST_PAIRS = 10
/** Groups of about equal frequency within which the stricter null shuffles. */
const STRATA = 20

/**
 * Spearman's correlation of two similarities over pairs of words, with what chance gives, and, under `control`, what
 * their common dependence on frequency gives.
 *
 * @throws `EMBEDDING_HYPOTHESIS_INVALID` for fewer than 10 usable pairs, or control without counts.
 */
export function correlate(
  pairs: readonly WordPair[],
  fa: PairSimilarity,
  fb: PairSimilarity,
  options: CorrelateOptions = {},
): SimilarityCorrelation {
  return correlateValues(
    pairs,
    pairs.map(({ a, b }) => fa(a, b)),
    pairs.map(({ a, b }) => fb(a, b)),
    options,
  )
}

/** The same for similarities that are known already, one a pair. */
export function correlateValues(
  pairs: readonly WordPair[],
  left: readonly number[],
  right: readonly number[],
  options: CorrelateOptions = {},
): SimilarityCorrelation {
  const { control, counts, bands = 4, permutations = 1000, seed = 1 } = options
  if (!(Number.isInteger(permutations) && permutations > 0 && Number.isInteger(bands) && bands > 0))
    throw invalid(
      'permutations and bands must be whole',
      'whole numbers above 0',
      `${permutations}, ${bands}`,
    )
  if (control !== undefined && counts === undefined)
    throw invalid('frequency cannot be held constant', 'counts of the words', 'none')
  const usable = pairs.map((_, at) => at).filter(at => Number.isFinite(left[at]! + right[at]!))
  if (usable.length < LEAST_PAIRS)
    throw invalid('too few pairs to correlate', `at least ${LEAST_PAIRS}`, String(usable.length))
  const x = averageRanks(usable.map(at => left[at]!))
  const y = averageRanks(usable.map(at => right[at]!))
  const whole = rankCorrelation(x, y)
  const key = random.foldIn(random.key(seed), 'permutations')
  const base = {
    ...whole,
    skipped: pairs.length - usable.length,
    chance: shuffled(
      x,
      y,
      [usable.map((_, at) => at)],
      whole.spearman,
      permutations,
      random.foldIn(key, 'all'),
    ),
    bands: [],
  }
  if (control === undefined) return base
  const logs = usable.map(at => Math.log(counts![pairs[at]!.a]!) + Math.log(counts![pairs[at]!.b]!))
  const frequency = averageRanks(logs)
  const withFrequency = [coefficient(x, frequency), coefficient(y, frequency)] as const
  const byFrequency = usable.map((_, at) => at).sort((one, two) => logs[one]! - logs[two]! || one - two)
  const strata = cut(byFrequency, STRATA)
  return {
    ...base,
    withFrequency,
    partial: partialOf(whole.spearman, ...withFrequency),
    frequencyAlone: shuffled(x, y, strata, whole.spearman, permutations, random.foldIn(key, 'strata')),
    bands: cut(byFrequency, bands).map(band => ({
      frequencies: [Math.exp(logs[band[0]!]! / 2), Math.exp(logs[band.at(-1)!]! / 2)],
      ...rankCorrelation(averageRanks(band.map(at => x[at]!)), averageRanks(band.map(at => y[at]!))),
    })),
  }
}

/** The pairs' places in order of the frequency of their words, cut into parts of about equal size. */
function cut(order: readonly number[], parts: number): number[][] {
  const edge = (part: number) => Math.round((part * order.length) / parts)
  return Array.from({ length: parts }, (_, part) => order.slice(edge(part), edge(part + 1))).filter(
    part => part.length > 0,
  )
}

function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): RankCorrelation {
  const spearman = coefficient(x, y)
  const error = Math.sqrt((1 + spearman ** 2 / 2) / Math.max(1, x.length - 3))
  const z = Math.atanh(Math.max(-1 + 1e-12, Math.min(1 - 1e-12, spearman)))
  return {
    pairs: x.length,
    spearman,
    interval: [Math.tanh(z - 1.959964 * error), Math.tanh(z + 1.959964 * error)],
  }
}

function partialOf(xy: number, xz: number, yz: number): number {
  return (xy - xz * yz) / Math.sqrt((1 - xz ** 2) * (1 - yz ** 2))
}

/** Shuffles the ranks of one side within each part, again and again (Fisher and Yates). */
function shuffled(
  x: Float64Array,
  y: Float64Array,
  parts: readonly (readonly number[])[],
  found: number,
  draws: number,
  key: Key,
): PermutationNull {
  const draw = uniformStream(key)
  // Shuffling changes neither mean nor spread of y: the correlation is a sum of products of standard scores.
  const left = standardised(x)
  const moved = standardised(y)
  const values = Array.from({ length: draws }, () => {
    for (const part of parts) {
      for (let i = part.length - 1; i > 0; i--) {
        const [here, there] = [part[i]!, part[Math.floor(draw() * (i + 1))]!]
        const value = moved[here]!
        moved[here] = moved[there]!
        moved[there] = value
      }
    }
    let sum = 0
    for (let i = 0; i < left.length; i++) sum += left[i]! * moved[i]!
    return sum
  })
  const mean = values.reduce((sum, value) => sum + value, 0) / draws
  const further = values.filter(value => Math.abs(value - mean) >= Math.abs(found - mean)).length
  const sizes = values.map(Math.abs).sort((a, b) => a - b)
  return { draws, mean, size95: sizes[Math.ceil(draws * 0.95) - 1]!, p: (further + 1) / (draws + 1) }
}

/** Scaled to mean 0 and squares that sum to 1. */
function standardised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0))
  return values.map(value => (value - mean) / length)
}

function invalid(message: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', { message, expected, found })
}
