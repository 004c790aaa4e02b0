// ELMo: bidirectional language models over characters, their training, their files, and the vectors of sentences.
export {
  ELMO_DIRECTIONS,
  type ElmoDirection,
  type ElmoModel,
  type ElmoStackInput,
  type ElmoStackOutput,
  elmoModel,
} from './bidirectional-language-model.ts'
export {
  BEGIN_SENTENCE,
  CHARACTER_SYMBOL,
  characterIds,
  END_SENTENCE,
  maskedCharacterIds,
} from './character-ids.ts'
export {
  type ClassRules,
  type ElmoCorpus,
  elmoCorpus,
  predictionCount,
  type SentenceList,
  sentenceCount,
} from './elmo-corpus.ts'
export {
  createElmoEvaluator,
  type ElmoDirectionScore,
  type ElmoEvaluator,
  type ElmoEvaluatorOptions,
  type ElmoScore,
} from './elmo-evaluator.ts'
export { type ElmoExperiment, elmoExperimentConfig, resolveElmoExperiment } from './elmo-experiment.ts'
export { type ElmoFiles, type LoadedElmo, readElmo, readElmoOptions, writeElmo } from './elmo-files.ts'
export { elmoKeyMap } from './elmo-names.ts'
export { type ElmoObjectiveOptions, elmoObjective, elmoSoftmax } from './elmo-objective.ts'
export {
  ELMO_PRESETS,
  type ElmoOptions,
  elmoOptions,
  elmoOptionsFromJson,
  elmoOptionsToJson,
} from './elmo-options.ts'
export { type EmbedFileOptions, type EmbedProgress, type EmbedSummary, embedFile } from './embed-file.ts'
export {
  createSentenceEmbedder,
  type EmbeddedSentence,
  type EmbedOptions,
  type SentenceEmbedder,
  type SentenceStream,
} from './embed-sentences.ts'
export { type Hdf5Dataset, type Hdf5File, parseHdf5, readHdf5 } from './hdf5/read-hdf5.ts'
export { createHdf5, type Hdf5Writer } from './hdf5/write-hdf5.ts'
export { type LoadedElmoRun, loadElmoRun } from './load-elmo-run.ts'
export { openElmo } from './open-elmo.ts'
export { type PackedWindowShape, type SentenceSourceOptions, sentenceSource } from './packed-sentences.ts'
export {
  mixPenalty,
  type ScalarMix,
  type ScalarMixOptions,
  type ScalarMixParameters,
  scalarMix,
} from './scalar-mix.ts'
export { elmoEmbedComponent, elmoEmbedConfig, elmoEmbedStage } from './stages/embed-stage.ts'
export {
  elmoLanguageModelComponent,
  elmoLanguageModelConfig,
  elmoLanguageModelStage,
} from './stages/language-model-stage.ts'
export {
  type ElmoResult,
  resumeElmoExperiment,
  runElmoExperiment,
} from './train-elmo.ts'
export {
  createVectorWriter,
  type VectorFormat,
  type VectorShape,
  type VectorWriter,
} from './vector-writers.ts'
