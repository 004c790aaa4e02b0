// Ways to read a text with a language model: static, with a cache, learning on, averaged over dropout.
export {
  dynamicComponent,
  monteCarloComponent,
  neuralCacheComponent,
  staticComponent,
} from './components.ts'
export { dynamicConfig, dynamicEvaluator } from './dynamic.ts'
export {
  collectGradientStatistics,
  type Floats,
  type GradientStatistics,
  type StatisticsOptions,
  statisticsConfig,
} from './gradient-statistics.ts'
export { monteCarloConfig, monteCarloEvaluator } from './monte-carlo.ts'
export {
  awdPointerPennTreebank,
  awdPointerWikiText2,
  neuralCacheConfig,
  neuralCacheEvaluator,
} from './neural-cache.ts'
export {
  type EvaluatorScore,
  type ScoreColumns,
  type ScoreWithEvaluators,
  scoreWithEvaluators,
} from './score-with-evaluators.ts'
export type { ScoringDetails, ScoringOptions, ScoringProgress } from './scoring-options.ts'
export { staticConfig, staticEvaluator } from './static.ts'
export {
  type EvaluatorFactory,
  type EvaluatorSetup,
  evaluatorScorer,
  type TextEvaluator,
} from './text-evaluator.ts'
