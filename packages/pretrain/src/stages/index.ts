// Stages: what they take and give, artefacts as folders, and the stages that every pipeline needs.
export { AGREED_FACTS, checkAgreement, type OriginalInput } from './agreement.ts'
export type { Artefact, ArtefactFacts } from './artefact.ts'
export {
  ARTEFACT_FILE,
  type NewArtefact,
  readArtefact,
  verifyArtefact,
  writeArtefact,
} from './artefact-folder.ts'
export { averageLabelledPredictions } from './average-predictions.ts'
export { averagePredictionsStage } from './basic/average-predictions-stage.ts'
export { evaluateModelStage } from './basic/evaluate-model-stage.ts'
export { evaluateStage } from './basic/evaluate-stage.ts'
export { type LabelledSplits, readLabelledSplit, writeLabelledSplits } from './basic/labelled-splits.ts'
export { labelledTextStage } from './basic/labelled-text-stage.ts'
export { languageModelStage } from './basic/language-model-stage.ts'
export { textStage } from './basic/text-stage.ts'
export { tokenizerStage } from './basic/tokenizer-stage.ts'
export {
  type ClassificationScores,
  classificationScores,
  type LabelPair,
  type LabelScore,
} from './classification-scores.ts'
export {
  type LabelledPrediction,
  PREDICTIONS_FILE,
  readPredictions,
  writePredictions,
} from './predictions.ts'
export type {
  AgreedFact,
  Port,
  Stage as PipelineStage,
  StageContext,
  StageEvent,
  StageOutcome,
} from './stage.ts'
