// The training kernel: the memory of a training, and the kernel's twin in TypeScript.
export { referenceTrain } from './reference-train.ts'
export { createTrainingMemory, type TrainingMemory, type TrainingWorker } from './training-memory.ts'
export type { SubwordRows, TrainingSpec } from './training-spec.ts'
