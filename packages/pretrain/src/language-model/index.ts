// Neural language models: what they are, how they are scored, how they write.
export {
  createEvaluator,
  type Evaluator,
  type EvaluatorOptions,
  evaluateRecord,
  perplexity,
  type TextScore,
} from './evaluate.ts'
export { createGenerator, type GeneratedText, type GenerateOptions, type Generator } from './generate.ts'
export { type InitialVectorsConfig, initialVectorsConfig } from './initial-vectors-config.ts'
export {
  type HiddenStates,
  type InitialVectors,
  type LanguageModel,
  type LanguageModelOptions,
  languageModel,
  type ModelDropout,
  type ModelLogProbabilities,
  type ModelOutput,
  parameterCount,
  type TrainingLoss,
} from './language-model.ts'
export {
  dropoutConfig,
  type LanguageModelFactory,
  type RecurrentModelConfig,
  recurrentModelComponent,
  recurrentModelConfig,
} from './model-config.ts'
export {
  type ActivationPenalties,
  languageModelObjective,
  type WindowOptions,
  windowSource,
} from './objective.ts'
export { zarembaLarge, zarembaMedium, zarembaSmall } from './presets.ts'
export { type SamplingOptions, sampleToken } from './sample-token.ts'
export { type StepGraph, traceStepGraph } from './step-graph.ts'
