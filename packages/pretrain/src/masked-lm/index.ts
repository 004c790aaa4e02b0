// Masked language models: BERT, its training, fine-tuning and files.
export {
  type BertAdamOptions,
  bertAdam,
  bertAdamComponent,
  bertAdamConfig,
  type WarmUpThenDecayOptions,
  warmUpDecayConfig,
  warmUpThenDecay,
  warmUpThenDecayComponent,
} from './bert-optimizer.ts'
export { type BertEncoder, bertEncoder, type EncoderInput, type EncoderOutput } from './encoder.ts'
export {
  type ClassifyOptions,
  classifyTexts,
  type SentenceToTag,
  type TaggedPrediction,
  tagSentences,
} from './fine-tuning/classify.ts'
export { type FineTuned, type FineTuning, fineTune, fineTuningConfig } from './fine-tuning/fine-tune.ts'
export {
  type FineTunedModel,
  type FineTuningShape,
  type FineTuningTask,
  fineTunedModel,
  fineTuningObjective,
} from './fine-tuning/fine-tuned-model.ts'
export {
  type LabelledPair,
  readLabelledPairs,
  readTaggedSentences,
  type TaggedSentence,
} from './fine-tuning/labelled-lines.ts'
export { type FineTunedFolder, readFineTuned, writeFineTuned } from './fine-tuning/model-folder.ts'
export {
  type ReadingLimits,
  type ReadingUnit,
  sentenceUnits,
  type TextToRead,
  textUnit,
} from './fine-tuning/read-units.ts'
export { bertConfigJson, parseBertConfig } from './hugging-face/config-json.ts'
export {
  bertFromWeights,
  bertWeights,
  type LoadedMaskedModel,
  readBertFolder,
  writeBertFolder,
} from './hugging-face/model-folder.ts'
export {
  type LaidOutSequence,
  type LayoutOptions,
  layOutSequences,
  type TokenRange,
} from './lay-out-sequences.ts'
export {
  type LoadedMaskedRun,
  loadMaskedRun,
  type OpenedMaskedModel,
  openMaskedModel,
} from './load-masked-run.ts'
export {
  type MaskedTokens,
  type MaskingOptions,
  maskTokens,
  maximumPredictions,
  type TokenSequence,
} from './mask-tokens.ts'
export { type MaskedBatchOptions, type MaskingRules, maskedBatches } from './masked-batches.ts'
export {
  createMaskedEvaluator,
  type MaskedEvaluator,
  type MaskedEvaluatorOptions,
  type MaskedScore,
  type PseudoScore,
} from './masked-evaluator.ts'
export {
  type MaskedExperiment,
  maskedExperimentConfig,
  resolveMaskedExperiment,
} from './masked-experiment.ts'
export { type MaskedLanguageModel, maskedLanguageModel } from './masked-model.ts'
export { type MaskedObjectiveOptions, maskedObjective } from './masked-objective.ts'
export type { MaskedRecord } from './masked-records.ts'
export {
  encoderParameterCount,
  MASKED_MODEL_SIZES,
  type MaskedModelConfig,
  type MaskedModelSize,
  maskedModelConfig,
} from './model-config.ts'
export { type MaskedTokenIds, maskedTokenIds } from './special-tokens.ts'
export { maskedClassifierStage } from './stages/classifier-stage.ts'
export { maskedLanguageModelStage } from './stages/masked-lm-stage.ts'
export { maskedTaggerStage } from './stages/tagger-stage.ts'
export {
  DOCUMENT_RULES,
  type DocumentRule,
  encodeDocuments,
  SENTENCE_RULES,
  type SentenceRule,
  type TokenDocuments,
} from './token-documents.ts'
export {
  type MaskedResult,
  resumeMaskedExperiment,
  runMaskedExperiment,
} from './train-masked.ts'
