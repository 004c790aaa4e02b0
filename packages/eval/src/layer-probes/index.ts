// What a layer of an encoder knows: probes for parts of speech and for word senses.
export {
  type ClaimLevel,
  compareSenseLayers,
  compareTagLayers,
  type JudgedHalf,
  judgeLayerClaim,
  type LayerClaim,
  type LayerComparison,
  type LayerProbeResults,
} from './claim.ts'
export { parseConllu, readConllu, type TaggedSentence } from './conllu.ts'
export { type EncoderOptions, elmoLayerVectors, untrainedElmo } from './elmo-vectors.ts'
export {
  languageModelLayerVectors,
  type ModelOfRun,
  untrainedLanguageModel,
} from './language-model-vectors.ts'
export {
  type CollectOptions,
  collectLayers,
  type LayerName,
  type LayerRows,
  type LayerVectors,
  type SentenceLayers,
} from './layer-vectors.ts'
export { type LayerPage, renderLayerProbes } from './layers-page.ts'
export {
  createLinearTrainer,
  type LabelledRows,
  type LinearProbe,
  type LinearProbeOptions,
  type LinearTrainer,
  predictClasses,
} from './linear-probe.ts'
export { comparePaired, type PairedComparison } from './paired-tests.ts'
export type {
  FitRecord,
  LayerProbeRecord,
  LayerTask,
  ProbedEncoder,
  SenseBaselines,
  SenseRecord,
  SenseSplitResult,
  TagBaselines,
  TagRecord,
} from './probe-record.ts'
export {
  LAYER_RECORDS,
  type LayerProbeOptions,
  type LayerProbeProgress,
  type LayerProbeSummary,
  runLayerProbes,
  type SenseProbeData,
  type TagProbeData,
} from './run-layer-probes.ts'
export { mostFrequentSenses, nearestSenses, type SenseRows } from './sense-centroids.ts'
export { probeSenses, type SenseProbeOptions, type SenseResult, senseBaselines } from './sense-probe.ts'
export {
  contextOf,
  parseSenses,
  readSenses,
  type SenseInstance,
  type SenseSplit,
  splitSenses,
} from './senses.ts'
export { staticLayerVectors, type WordVectorTable } from './static-vectors.ts'
export { controlTask, mostFrequentTags, type TaggedWords } from './tag-baselines.ts'
export {
  probeTags,
  type TagProbeOptions,
  type TagResult,
  type TagRows,
  type TagSplits,
  type TagTask,
  tagTask,
} from './tag-probe.ts'
