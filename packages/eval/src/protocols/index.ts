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
export {
  DELETANG_NETWORKS,
  DELETANG_REMARKS,
  DELETANG_TABLE,
  type DeletangNetwork,
  type PublishedRow,
} from './deletang/published-table.ts'
export {
  DELETANG_SOLVED,
  DELETANG_TEST_LENGTHS,
  type DeletangRuns,
  type DeletangScore,
  deletangRuns,
  deletangScore,
} from './deletang/score.ts'
export type { DeletangTask } from './deletang/task.ts'
export { DELETANG_TASKS, deletangTask, deletangTasks } from './deletang/tasks.ts'
export {
  type Difference,
  type Gate,
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
