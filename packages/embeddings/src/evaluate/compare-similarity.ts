import type { VectorSource } from '../words/word-vectors.ts'
import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapInterval,
  drawnSpearman,
} from './bootstrap.ts'
import { type Correlation, spearman } from './correlation.ts'
import { compareDependentCorrelations, type DependentCorrelations } from './dependent-correlations.ts'
import { modelSimilarities, type PairOptions } from './model-similarities.ts'
import type { SimilaritySet } from './similarity-set.ts'

/** Two models on the pairs that both have a similarity for. */
export interface SimilarityComparison {
  readonly set: string
  /** Pairs of the set. */
  readonly pairs: number
  /** Pairs that both models have a similarity for: all figures are over these. */
  readonly shared: number
  /** Spearman's coefficient of either with people's judgements. */
  readonly first: Correlation
  readonly second: Correlation
  /** And with each other. */
  readonly between: Correlation
  /** First less second. */
  readonly difference: number
  /** Interval of the difference, by drawing pairs again. */
  readonly interval: BootstrapInterval
  /** Williams's test of the difference. */
  readonly test: DependentCorrelations
}

/**
 * Compares two models on one set, over the same pairs: scores over different pairs say little about the models.
 *
 * @throws `EMBEDDING_UNKNOWN_RULE_IMPOSSIBLE`
 */
export function compareOnSimilarity(
  first: VectorSource,
  second: VectorSource,
  set: SimilaritySet,
  { bootstrap, ...options }: PairOptions & { readonly bootstrap?: BootstrapOptions } = {},
): SimilarityComparison {
  const [x, y] = [
    modelSimilarities(first, set, options).values,
    modelSimilarities(second, set, options).values,
  ]
  const shared = set.pairs.map((_, i) => i).filter(i => !Number.isNaN(x[i]) && !Number.isNaN(y[i]))
  const people = shared.map(i => set.pairs[i]!.score)
  const ofFirst = shared.map(i => x[i]!)
  const ofSecond = shared.map(i => y[i]!)
  const [drawFirst, drawSecond] = [drawnSpearman(people, ofFirst), drawnSpearman(people, ofSecond)]
  const scores = {
    first: spearman(people, ofFirst),
    second: spearman(people, ofSecond),
    between: spearman(ofFirst, ofSecond),
  }
  return {
    set: set.name,
    pairs: set.pairs.length,
    shared: shared.length,
    ...scores,
    difference: scores.first.value - scores.second.value,
    interval: bootstrapInterval(shared.length, times => drawFirst(times) - drawSecond(times), bootstrap),
    test: compareDependentCorrelations(
      shared.length,
      scores.first.value,
      scores.second.value,
      scores.between.value,
    ),
  }
}
