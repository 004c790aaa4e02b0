// The training kernel: the memory of a training, and the kernel's twin in TypeScript.
export { referenceTrain } from './reference-train.ts'
export { createTrainingMemory, type TrainingMemory, type TrainingWorker } from './training-memory.ts'
export {
  checkTrainingSpec,
  EXCHANGE_INTERVAL,
  HOT_ROWS,
  type SubwordRows,
  type TrainingSpec,
  TURN,
  WORDS_A_PART,
} from './training-spec.ts'
