import type { JsonValue } from '../io/json.ts'
import type { Batch } from './objective.ts'

/** One step's data. */
export interface SourceBatch {
  readonly arrays: Batch
  /** Targets that count, for totals and averages. */
  readonly tokens: number
  /** Whether a pass starts with it: carried state begins anew. */
  readonly startsEpoch: boolean
  /** Factor on the learning rate of the update that takes it, such as length / usual length; 1 unless given. */
  readonly rateFactor?: number | undefined
}

/** Batches of a training set without end, pass after pass, that can be resumed at any of them. */
export interface BatchSource {
  /** Batches of a pass over the data; of the first where passes differ. */
  readonly batchesPerEpoch: number
  /** Batches before pass `pass`, from 0; there where passes differ in their number of batches. */
  batchesBefore?(pass: number): number
  /** The next batch, in arrays of its own. */
  next(): SourceBatch
  /** Where `next` will read, as plain JSON. */
  position(): JsonValue
  /** Goes to a position that `position` gave. */
  restore(position: JsonValue): void
}

/** Passes over the data that the first `batches` batches make, with fraction. */
export function passesOf(source: BatchSource, batches: number): number {
  if (source.batchesBefore === undefined) return batches / source.batchesPerEpoch
  let pass = Math.floor(batches / source.batchesPerEpoch)
  while (pass > 0 && source.batchesBefore(pass) > batches) pass -= 1
  while (source.batchesBefore(pass + 1) <= batches) pass += 1
  const start = source.batchesBefore(pass)
  return pass + (batches - start) / (source.batchesBefore(pass + 1) - start)
}

/** Batches of the first `passes` passes over the data. */
export function batchesOf(source: BatchSource, passes: number): number {
  return source.batchesBefore?.(passes) ?? passes * source.batchesPerEpoch
}
