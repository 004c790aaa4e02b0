// Pipelines: stages in a file, checked whole, run once each, resumed.
export { definePipeline, type PipelineConfig, type PipelineFile, pipelineConfig } from './pipeline-config.ts'
export {
  readPipeline,
  type StageBasis,
  type StageRecord,
  type StoredPipeline,
  stageBasis,
  stageRecord,
  storedPipeline,
} from './pipeline-folder.ts'
export { pipelineReport, writePipelineReport } from './pipeline-report.ts'
export { pipelineStatus, type StageStatus } from './pipeline-status.ts'
export {
  type PlannedInput,
  type PlannedPipeline,
  type PlannedStage,
  type PlanOptions,
  resolvePipeline,
} from './resolve-pipeline.ts'
export {
  type PipelineEvent,
  type PipelineOptions,
  type PipelineResult,
  runPipeline,
} from './run-pipeline.ts'
