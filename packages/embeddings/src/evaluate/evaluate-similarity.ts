import type { VectorSource } from '../words/word-vectors.ts'
import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapInterval,
  drawnSpearman,
} from './bootstrap.ts'
import { type Correlation, pearson, spearman } from './correlation.ts'
import { modelSimilarities, type PairOptions, type UnknownWords } from './model-similarities.ts'
import type { SimilaritySet } from './similarity-set.ts'
import { EVALUATED_WORDS } from './word-lookup.ts'

/** How vectors are held to people's judgements. */
export interface SimilarityOptions extends PairOptions {
  /** Also estimate an interval of Spearman's coefficient, by drawing pairs again. Default: no. */
  readonly bootstrap?: BootstrapOptions | boolean
}

/** How far cosines agree with people's judgements: of little use without coverage and rule beside it. */
export interface SimilarityScore {
  readonly set: string
  /** Pairs of the set. */
  readonly pairs: number
  /** Pairs both words of which are in the vocabulary. */
  readonly covered: number
  /** Pairs that the coefficients are over: those covered, and by some rules others too. */
  readonly used: number
  /** The rule for the others. */
  readonly unknown: UnknownWords
  readonly caseInsensitive: boolean
  readonly restrictVocabulary: number
  /** The figure that is usually given. */
  readonly spearman: Correlation
  readonly pearson: Correlation
  /** Interval of Spearman's coefficient, if it was asked for. */
  readonly interval?: BootstrapInterval
  /** Words of the set that are not in the vocabulary. */
  readonly unknownWords: readonly string[]
  /** Lines of the file that could not be read. */
  readonly unreadableLines: number
}

/**
 * Correlation of the cosines of word pairs with people's judgements; with default options the figures of gensim's
 * `evaluate_word_pairs` (computed in float64; there in float32). With fewer than two pairs coefficients are NaN.
 *
 * @throws `EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE` for a rule that the vectors cannot follow
 */
export function evaluateSimilarity(
  source: VectorSource,
  set: SimilaritySet,
  options: SimilarityOptions = {},
): SimilarityScore {
  const {
    unknown = 'skip',
    caseInsensitive = true,
    restrictVocabulary = EVALUATED_WORDS,
    bootstrap,
  } = options
  const { values, covered, unknownWords } = modelSimilarities(source, set, options)
  const used = set.pairs.map((_, i) => i).filter(i => !Number.isNaN(values[i]))
  const ours = used.map(i => values[i]!)
  const people = used.map(i => set.pairs[i]!.score)
  return {
    set: set.name,
    pairs: set.pairs.length,
    covered: covered.filter(Boolean).length,
    used: used.length,
    unknown,
    caseInsensitive,
    restrictVocabulary,
    spearman: spearman(people, ours),
    pearson: pearson(people, ours),
    ...(bootstrap && {
      interval: bootstrapInterval(
        used.length,
        drawnSpearman(people, ours),
        bootstrap === true ? {} : bootstrap,
      ),
    }),
    unknownWords,
    unreadableLines: set.unreadableLines.length,
  }
}
