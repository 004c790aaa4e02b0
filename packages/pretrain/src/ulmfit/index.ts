// ULMFiT: transfer from a language model to a classifier of documents, and the weights that others trained.
export {
  type AwdDropouts,
  type AwdSizes,
  awdDropouts,
  awdLanguageModel,
  awdSizes,
  checkSameSizes,
  NO_DROPOUTS,
  scaledDropouts,
} from './awd-lstm.ts'
export {
  activationPenalty,
  type Classifier,
  type ClassifierOptions,
  concatPooling,
  type HeadConfig,
  headConfig,
  ulmfitClassifier,
} from './classifier.ts'
export { type ClassifierObjectiveOptions, classifierObjective } from './classifier-objective.ts'
export { ulmfitClassifierStage } from './classifier-stage.ts'
export {
  type DocumentBatchOptions,
  documentBatches,
  type EncodedDocument,
  inDirection,
  type LabelledDocument,
  padDocuments,
  paddedLength,
  type ReadingDirection,
} from './documents.ts'
export { type AwdEncoder, awdEncoder, type ChunkOptions, type KeptSteps, readChunks } from './encoder.ts'
export { averagePredictions } from './ensemble.ts'
export {
  FOLDS,
  foldOf,
  type LabelledText,
  readLabelledTexts,
  readMovieReviews,
  readPolarity,
  readTrec,
} from './labelled-texts.ts'
export { ulmfitLanguageModelStage } from './language-model-stage.ts'
export {
  classifierGroups,
  type GroupRates,
  groupRates,
  type LayerGroups,
  languageModelGroups,
  optimizerGroups,
  rateFactors,
  withFrozen,
} from './layer-groups.ts'
export {
  type ClassifierCard,
  classifierCard,
  type LanguageModelCard,
  languageModelCard,
  loadUlmfitClassifier,
  loadUlmfitLanguageModel,
  type StoredModel,
  saveUlmfitModel,
  vocabularyHash,
} from './model-folder.ts'
export { createPredictor, type Prediction, type Predictor, type PredictorOptions } from './predict.ts'
export { type UlmfitPreset, type UlmfitPresetName, ulmfitPresets } from './presets.ts'
export { createIdsScorer, type IdsScorer } from './score-ids.ts'
export {
  type ClassifierTask,
  errorRate,
  type TrainedClassifier,
  trainUlmfitClassifier,
} from './train-classifier.ts'
export {
  type LanguageModelTask,
  type TrainedLanguageModel,
  trainUlmfitLanguageModel,
} from './train-language-model.ts'
export {
  type PhasedResult,
  type PhasedTraining,
  type PhaseEvent,
  type PlannedPhase,
  trainPhases,
} from './train-phases.ts'
export {
  type ClassifierTraining,
  classifierTraining,
  gradualUnfreezing,
  type LanguageModelTraining,
  languageModelTraining,
  type PhaseOptimizer,
  type PhaseSchedule,
  phaseOptimizer,
  phaseSchedule,
  type TrainingPhase,
  trainingPhase,
} from './training-config.ts'
export { type TransferredVocabulary, transferVocabulary } from './transfer-vocabulary.ts'
export {
  exportAwd,
  type ImportedAwd,
  type ImportOptions,
  importAwd,
  type NamedTensors,
  stateDictOf,
  type WeightStyle,
} from './weight-names.ts'
export { ulmfitWeightsStage } from './weights-stage.ts'
