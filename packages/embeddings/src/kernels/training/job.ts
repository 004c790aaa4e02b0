/** The record in memory by which the kernel is told what to do: the fields of `assembly/training/job.ts`, in its order. */

import type { WasmMemory } from '../web-assembly.ts'

const WIDE = ['random', 'pairs', 'loss', 'words'] as const

const NARROW = [
  'sinceMeeting',
  ...(['ids', 'sentence', 'targets', 'signs', 'negatives', 'sources', 'changes'] as const),
  ...(['sourcesEnd', 'changesEnd', 'hidden', 'before', 'change', 'error', 'discard'] as const),
  ...(['keep', 'alias', 'aliasStride', 'part', 'partTable', 'partSlots', 'partSizes', 'parts'] as const),
  ...(['progress', 'turn', 'sigmoid', 'pathOffsets', 'paths', 'subwordOffsets', 'subwordRows'] as const),
  ...(['input', 'output', 'hotInput', 'hotOutput', 'baseInput', 'baseOutput'] as const),
  ...(['inputShares', 'outputShares'] as const),
  ...([
    'hotInputRows',
    'hotOutputRows',
    'interval',
    'worker',
    'workers',
    'frozenRows',
    'stride',
    'vocabulary',
  ] as const),
  ...(['window', 'negative', 'shrinkWindow', 'cbow', 'cbowMean', 'hierarchical'] as const),
  ...(['predictsContext', 'sharedNegatives', 'subwords'] as const),
] as const

/** The 32-bit fields: addresses in bytes, sizes, options (0 or 1). */
export type JobFields = Record<(typeof NARROW)[number], number>

/** Bytes of a job. */
export const JOB_BYTES = WIDE.length * 8 + NARROW.length * 4

/** What changes while a worker trains, and what a checkpoint has to keep of it. */
export interface JobState {
  /** State of the generator, 64 bits. */
  random: bigint
  /** Pairs trained since it was last set to zero; with CBOW, centre words. */
  pairs: number
  /** Sum over these pairs of −log likelihood: loss / pairs is the mean, in nats. */
  loss: number
  /** Words left by subsampling. */
  words: number
}

/** State of a worker's job. */
export function readJob(memory: { readonly buffer: ArrayBufferLike }, job: number): JobState {
  return readJobBytes(new Uint8Array(memory.buffer, job, JOB_BYTES))
}

/** State in a copy of a job's {@link JOB_BYTES} bytes. */
export function readJobBytes(job: Uint8Array): JobState {
  const view = new DataView(job.buffer, job.byteOffset, JOB_BYTES)
  return {
    random: view.getBigUint64(0, true),
    pairs: view.getFloat64(8, true),
    loss: view.getFloat64(16, true),
    words: view.getFloat64(24, true),
  }
}

/** Sets the state of a worker's job, or parts of it; the worker must not be training. */
export function writeJob(memory: WasmMemory, job: number, state: Partial<JobState>): void {
  const view = new DataView(memory.buffer, job, JOB_BYTES)
  if (state.random !== undefined) view.setBigUint64(0, state.random, true)
  if (state.pairs !== undefined) view.setFloat64(8, state.pairs, true)
  if (state.loss !== undefined) view.setFloat64(16, state.loss, true)
  if (state.words !== undefined) view.setFloat64(24, state.words, true)
}

/** The 32-bit fields of a job. */
export function readJobFields(memory: WasmMemory, job: number): JobFields {
  const values = new Uint32Array(memory.buffer, job + WIDE.length * 8, NARROW.length)
  return Object.fromEntries(NARROW.map((name, index) => [name, values[index]!])) as JobFields
}

/** Writes the 32-bit fields of a job. */
export function writeJobFields(memory: WasmMemory, job: number, fields: JobFields): void {
  const values = new Uint32Array(memory.buffer, job + WIDE.length * 8, NARROW.length)
  for (const [index, name] of NARROW.entries()) values[index] = fields[name]
}
