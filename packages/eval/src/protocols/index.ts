// Protocols: how published tables were made, as data; their tasks, scores and data formats.

export {
  type Chance,
  DELETANG_CHANCE,
  DELETANG_TRIVIAL,
  rememberingScore,
  sortedByPlace,
  type TrivialPredictor,
} from './deletang/chance.ts'
export {
  DELETANG_DIFFERENCES,
  DELETANG_MODELS,
  deletangComponent,
  deletangProtocol,
} from './deletang/deletang-protocol.ts'
export { type PublishedScore, publishedScore } from './deletang/published-score.ts'
export {
  DELETANG_NETWORKS,
  DELETANG_REMARKS,
  DELETANG_TABLE,
  type DeletangNetwork,
  type PublishedRow,
} from './deletang/published-table.ts'
export { type DeletangLine, deletangLines, type Spread } from './deletang/result-lines.ts'
export {
  DELETANG_SOLVED,
  DELETANG_TEST_LENGTHS,
  type DeletangRuns,
  type DeletangScore,
  deletangRuns,
  deletangScore,
} from './deletang/score.ts'
export { DELETANG_RATE, type DeletangSweep, deletangPlan } from './deletang/sweep-plan.ts'
export type { DeletangTask } from './deletang/task.ts'
export { DELETANG_TASKS, deletangTask, deletangTasks } from './deletang/tasks.ts'
export { differencesPage } from './differences-page.ts'
export {
  auditLabels,
  type LabelAudit,
  type WrongLabel,
} from './flare/audit-labels.ts'
export {
  auditFlareFolder,
  type FlareAudit,
  type FlareFolder,
  readFlareFolder,
} from './flare/audit-language.ts'
export {
  type Classifier,
  classifierOf,
  evaluateFlare,
  type FlareResult,
  flareShortcuts,
} from './flare/evaluate-data.ts'
export { FLARE_DIFFERENCES, flareComponent, flareProtocol } from './flare/flare-protocol.ts'
export type { FlareLanguage } from './flare/language.ts'
export { FLARE_LANGUAGES, flareLanguage, flareLanguages } from './flare/languages.ts'
export {
  FLARE_SPLIT_NAMES,
  type FlareData,
  type FlareSplitName,
  type FlareString,
  flareSplitPath,
} from './flare/layout.ts'
export { FLARE_MODELS, FLARE_PARAMETERS, flareLayerParameters } from './flare/models.ts'
export { readFlareSplit, writeFlareSplit } from './flare/read-data.ts'
export { type FlareExample, type FlareExampleOptions, flareExample } from './flare/sampling.ts'
export { FLARE_BINS, type FlareBin } from './flare/score-by-bin.ts'
export { drawFlareSplit, FLARE_SPLITS } from './flare/splits.ts'
export {
  type FlareRecipe,
  type FlareRun,
  type FlareRunOptions,
  flareRunHash,
  trainOnFlare,
} from './flare/train-on-data.ts'
export { ladderComponent, ladderProtocol } from './ladder-protocol.ts'
export { deletangLanguageComponent, flareLanguageComponent } from './language-components.ts'
export {
  type Difference,
  type LengthRange,
  type OriginalOption,
  PROTOCOL,
  type Protocol,
  type ProtocolModel,
  type ProtocolScore,
  type SelectionRule,
  type Split,
  type TrainingRecipe,
} from './protocol.ts'
export { bitsOfNumber, floatingPointRoot, integerRoot, numberOfBits } from './whole-numbers.ts'
