/** A job as the TypeScript twin of the kernel sees it. Addresses count 4-byte words here, not bytes. */

import type { WasmMemory } from '../web-assembly.ts'
import { type JobFields, readJob, readJobFields, writeJob, writeJobFields } from './job.ts'

/** Fields that hold addresses or sizes in bytes. */
const ADDRESSES = [
  ...(['ids', 'sentence', 'targets', 'signs', 'negatives', 'hidden', 'before', 'change', 'error'] as const),
  ...([
    'discard',
    'keep',
    'alias',
    'aliasStride',
    'partTable',
    'partSizes',
    'progress',
    'sigmoid',
    'pathOffsets',
    'paths',
    'subwordOffsets',
  ] as const),
  ...([
    'subwordRows',
    'input',
    'output',
    'hotInput',
    'hotOutput',
    'baseInput',
    'baseOutput',
    'inputShares',
    'outputShares',
    'stride',
  ] as const),
] as const

type Changing = 'sinceMeeting' | 'part' | 'partTable' | 'partSlots'

/** The fields of a job, the memory in three views, and what the training counts. */
export interface ReferenceJob extends Readonly<Omit<JobFields, Changing>> {
  readonly floats: Float32Array
  readonly naturals: Uint32Array
  /** Rows that make the hidden row, and those of them that may change. */
  sourceRows: number[]
  changedRows: number[]
  sinceMeeting: number
  part: number
  partTable: number
  partSlots: number
  /** Upper and lower half of the generator's state. */
  high: number
  low: number
  pairs: number
  loss: number
  words: number
}

/** Reads a job from memory. */
export function openJob(memory: WasmMemory, job: number): ReferenceJob {
  const fields = readJobFields(memory, job)
  for (const name of ADDRESSES) fields[name] /= 4
  const { random, ...state } = readJob(memory, job)
  return {
    ...fields,
    ...state,
    floats: new Float32Array(memory.buffer),
    naturals: new Uint32Array(memory.buffer),
    sourceRows: [],
    changedRows: [],
    high: Number(random >> 32n),
    low: Number(random & 0xffffffffn),
  }
}

/** Writes back what has changed. */
export function closeJob(memory: WasmMemory, job: number, reference: ReferenceJob): void {
  const { high, low, pairs, loss, words, sinceMeeting, part, partTable, partSlots } = reference
  writeJob(memory, job, { random: (BigInt(high) << 32n) | BigInt(low), pairs, loss, words })
  writeJobFields(memory, job, {
    ...readJobFields(memory, job),
    ...{ sinceMeeting, part, partTable: partTable * 4, partSlots },
  })
}
