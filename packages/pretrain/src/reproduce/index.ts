// Published language models measured again: ladders of rows, their running, and what came out.
export { AGREEMENT, agreement } from './agreement.ts'
export { type AuditedClaim, audit } from './audit.ts'
export {
  type Budget,
  type BudgetPlan,
  epochsThatFit,
  parseBudget,
  planBudget,
  type TextSizes,
} from './budget.ts'
export { type CheckedOrdering, checkOrderings, type Verdict, verdictOf } from './check-orderings.ts'
export {
  type Collected,
  type CollectedResult,
  type CollectedRow,
  collectLadder,
  type Spread,
} from './collect.ts'
export { type CompareRowsOptions, compareRows } from './compare-rows.ts'
export { experimentFileText, type RowFile, rowExperiment } from './experiment-file.ts'
export { findRows, type Ladder, type LadderText, type Ordering, rowsByName } from './ladder.ts'
export { type LadderCorpus, type LadderTextOptions, ladderCorpus } from './ladder-corpus.ts'
export { findLadder, ladders } from './ladders.ts'
export { measureSpeed, type SpeedOptions } from './measure-speed.ts'
export { checkComponents, missingComponents } from './missing-components.ts'
export { type ResultsPageOptions, resultsPage } from './results-page.ts'
export type {
  Evidence,
  MixturePart,
  NgramModel as NgramRowModel,
  Published,
  Reduction,
  Row as LadderRow,
  RowExperiment,
  RowWork,
} from './row.ts'
export {
  type RowCard,
  type RowFigures,
  type RowResult,
  type RowTokens,
  readRowTokens,
  rowCard,
  rowFigures,
  rowResult,
} from './row-files.ts'
export { type FoundRow, findRowFolders, type RowState, rowFolder, rowState } from './row-folder.ts'
export { allPublished, countText, durationText, publishedText, spreadText } from './row-texts.ts'
export { type RowEvent, type RowOutcome, type RunRowOptions, runRow } from './run-row.ts'
export { type Source, type SourceName, sources } from './sources.ts'
export { type HeadSizes, writeTextHead } from './text-head.ts'
