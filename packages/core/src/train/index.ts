export { createAccumulatingStep, traceGradients, traceUpdate } from './accumulating-step.ts'
export { type BatchSource, batchesOf, passesOf, type SourceBatch } from './batch-source.ts'
export type { EarlyStopping, ScoreHistory } from './early-stopping.ts'
export type { Batch, Objective, ObjectiveResult, TensorBatch } from './objective.ts'
export { NO_TRAIL, type ScoreTrail, turnsUp, withTrail } from './score-trail.ts'
export { compileByShape, type ShapeGraphs } from './shape-graphs.ts'
export {
  type Gradients,
  gradientsOf,
  type StepInput,
  type StepOptions,
  type StepOutput,
  stepFunction,
} from './step-function.ts'
export { arrangeArrays, rewindRun, type TrainCheckpointState } from './train-checkpoint.ts'
export type { TrainEvent, TrainListener } from './train-events.ts'
export type { Evaluation, TrainOptions, TrainPosition, TrainResult } from './train-options.ts'
export type { ProgressInterval, ProgressState, TimeParts } from './train-progress.ts'
export {
  createTrainStep,
  type StepCall,
  type StepExample,
  type StepReport,
  type TrainState,
  type TrainStep,
  traceTrainStep,
} from './train-step.ts'
export { train } from './trainer.ts'
