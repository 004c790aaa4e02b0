// Scorers of tokens: mixtures of models, caches, comparisons on the same tokens.
export {
  type CompareScorersOptions,
  type ComparisonInterval,
  compareScorers,
  type ScorerComparison,
} from './compare-scorers.ts'
export {
  type FittedMixture,
  type FittedWeights,
  type FitWeightsOptions,
  fitMixture,
  fitWeights,
} from './fit-weights.ts'
export {
  type InterpolatedScorer,
  interpolate,
  mixLogProbabilities,
  type WeightedScorer,
} from './interpolate.ts'
export {
  type MixtureWithKneserNey,
  type MixWithKneserNeyOptions,
  mixWithKneserNey,
} from './mix-with-ngram.ts'
export { scoreTokens, type TokenScore } from './score-tokens.ts'
export {
  neuralScorer,
  ngramScorer,
  type ParameterizedTokenModel,
  type TokenModel,
  type TokenScorer,
} from './token-scorer.ts'
export { type UnigramCacheOptions, unigramCache } from './unigram-cache.ts'
