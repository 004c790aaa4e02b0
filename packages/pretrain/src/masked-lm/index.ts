export { bertAdam, warmUpThenDecay } from './bert-optimizer.ts'
export { type BertEncoder, bertEncoder, type EncoderInput, type EncoderOutput } from './encoder.ts'
export { bertConfigJson, parseBertConfig } from './hugging-face/config-json.ts'
export {
  bertFromWeights,
  bertWeights,
  type LoadedMaskedModel,
  readBertFolder,
  writeBertFolder,
} from './hugging-face/model-folder.ts'
export {
  type MaskedTokens,
  type MaskingOptions,
  maskTokens,
  maximumPredictions,
  type TokenSequence,
} from './mask-tokens.ts'
export { type MaskedLanguageModel, maskedLanguageModel } from './masked-model.ts'
export { type MaskedObjectiveOptions, maskedObjective } from './masked-objective.ts'
export {
  encoderParameterCount,
  MASKED_MODEL_SIZES,
  type MaskedModelConfig,
  type MaskedModelSize,
  maskedModelConfig,
} from './model-config.ts'
