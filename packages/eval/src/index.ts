// Reports: a run folder, or several compared, as one self-contained HTML page.

// Formal languages, and what learners can do on them.
export { baselineLadder, evaluateBaselines, type StringsOfSize } from './baselines/evaluate.ts'
export * from './certificates/index.ts'
export * from './ladder/index.ts'
export * from './languages/index.ts'
export * from './learners/index.ts'
export { evaluation } from './plugin.ts'
export * from './probe/index.ts'
export type {
  BaselineRecord,
  EvaluateRecord,
  EventRecord,
  MetricRecord,
  SampleRecord,
  TimeRecord,
  TrainRecord,
} from './report/metrics.ts'
export { renderReport, writeReport } from './report/report.ts'
export { type RunFiles, readRunFiles } from './report/run-files.ts'
