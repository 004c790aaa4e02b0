/** The training kernel: compiled from `assembly/training.ts`, run by any number of workers on one memory. */

import { trainingWasm } from '../training-wasm.ts'
import { compileWasm, instantiateWasm, type WasmMemory, type WasmModule } from '../web-assembly.ts'

/** What an instance of the kernel does. */
export interface TrainingKernel {
  /**
   * Trains on the first `ids` numbers of the job's list of ids, each sentence ended by −1, all at one learning rate. What
   * follows the last −1 is left out.
   */
  train(job: number, ids: number, rate: number): void
  /** Exchanges the worker's copies of hot rows with the shared matrices; nothing to do with one worker. */
  flush(job: number): void
  /**
   * After a round: adds the worker's changes in part `part` of `parts` of the rows to the shared matrices. Nobody else may
   * touch that part meanwhile; the sums are the same bits whenever the order of workers is.
   */
  contribute(job: number, part: number, parts: number): void
  /** Before a round: the worker's copies become what the shared matrices are. */
  refresh(job: number): void
}

/** Compiles the kernel. Do so once and send the module to the workers. */
export function trainingModule(): WasmModule {
  return compileWasm(trainingWasm)
}

/** An instance of the kernel on a memory made by `createTrainingMemory`. */
export function instantiate(module: WasmModule, memory: WasmMemory): TrainingKernel {
  return instantiateWasm<TrainingKernel>(module, memory)
}
