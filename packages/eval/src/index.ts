// Formal languages, and what learners can do on them; reports on runs as self-contained pages.
export * from './automata/index.ts'
export * from './baselines/index.ts'
export * from './certificates/index.ts'
export * from './ladder/index.ts'
export * from './languages/index.ts'
export * from './layer-probes/index.ts'
export * from './learners/index.ts'
export * from './machines/index.ts'
export { evaluation } from './plugin.ts'
export * from './probe/index.ts'
export * from './protocols/index.ts'
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
