// Smaller models: pruning in training, sparse files, and exported files scored before and after.
export {
  compareExported,
  type ExportedComparison,
  type ExportedModel,
  type ExportedScore,
  type ExportedScorerOptions,
  exportedScorer,
  scoreExported,
} from './exported-scorer.ts'
export {
  type ArraySparsity,
  magnitudeMasks,
  type PruningScope,
  type SparsityReport,
  sparsityOf,
} from './magnitude-masks.ts'
export { prunedComponent, prunedConfig } from './pruned-component.ts'
export { type PruningOptions, prunedOptimizer } from './pruned-optimizer.ts'
export { decodeSparse, encodeSparse } from './sparse-storage.ts'
export { changesMasks, cubicSparsity, type SparsitySchedule } from './sparsity-schedule.ts'
