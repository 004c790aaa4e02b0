// The training kernel: what to train, the memory, the module, its twin in TypeScript.
export { JOB_BYTES, type JobState, readJob, readJobBytes, writeJob } from './job.ts'
export { instantiate, type TrainingKernel, trainingModule } from './kernel.ts'
export { referenceContribute, referenceFlush, referenceRefresh, referenceTrain } from './reference-train.ts'
export {
  createTrainingMemory,
  type TrainingMemory,
  type TrainingWorker,
  trainingMemoryBytes,
} from './training-memory.ts'
export {
  checkTrainingSpec,
  EXCHANGE_INTERVAL,
  HOT_ROWS,
  type SubwordRows,
  type TrainingSpec,
  TURN,
  WORDS_A_PART,
} from './training-spec.ts'
export type { WasmMemory, WasmModule } from './web-assembly.ts'
