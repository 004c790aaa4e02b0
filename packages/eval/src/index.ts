// Reports: a run folder, or several compared, as one self-contained HTML page.

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
