export {
  type ArrayRecord,
  type Checkpoint,
  type CheckpointContent,
  type CheckpointOptions,
  checkpointSteps,
  loadCheckpoint,
  saveCheckpoint,
} from './checkpoint.ts'
export type { CheckpointFolder } from './checkpoint-folders.ts'
export {
  type BackendDescription,
  describeBackend,
  describeEnvironment,
  type Environment,
} from './environment.ts'
export type {
  BaselineRecord,
  EvaluateRecord,
  EventRecord,
  MetricRecord,
  SampleRecord,
  TimeRecord,
  TrainRecord,
} from './metric-record.ts'
export { type MetricsWriter, metricsPath, openMetrics, readMetrics, truncateRun } from './metrics.ts'
export {
  createRun,
  type NewRun,
  openRun,
  type Run,
  type RunDescription,
  readRun,
  readRunJson,
  writeRunJson,
} from './run-folder.ts'
export { type RunLock, takeLock } from './run-lock.ts'
