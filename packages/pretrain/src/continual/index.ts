// Continual learning: one text after another, with or without forgetting.
export {
  type ContinualOptions,
  type ContinualRecord,
  type ContinualResult,
  type ContinualStart,
  type ContinualStrategy,
  continualExperiment,
  continualTable,
  strategyName,
} from './continual-experiment.ts'
export { type Domain, encodeDomains, type RawDomain } from './domain.ts'
export {
  type ElasticAnchor,
  type ElasticOptions,
  elasticPenalty,
  elasticWeightConsolidation,
} from './elastic-weight-consolidation.ts'
export { diagonalFisher, type FisherOptions } from './fisher.ts'
export { replayRows, replaySource } from './replay-source.ts'
