// Experiments: from a config to a finished run, and back from a run to its model.
export { checkpointParameters } from './checkpoint-parameters.ts'
export { createOptimizer, withModelGroups } from './create-optimizer.ts'
export {
  evaluateConfig,
  experimentConfig,
  type LanguageModelExperiment,
  sampleConfig,
  trainConfig,
} from './experiment-config.ts'
export type { ExperimentEvent, ExperimentListener } from './experiment-events.ts'
export { type LoadedVectors, readInitialVectors, type VectorsCard } from './initial-vectors.ts'
export { type LoadedModel, loadModel } from './load-model.ts'
export {
  type ExperimentOptions,
  type NewExperimentOptions,
  resolveExperiment,
  resumeExperiment,
  runExperiment,
} from './run-experiment.ts'
export type { ExperimentResult } from './train-experiment.ts'
