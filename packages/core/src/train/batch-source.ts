import type { JsonValue } from '../io/json.ts'
import type { Batch } from './objective.ts'

/** One step's data. */
export interface SourceBatch {
  readonly arrays: Batch
  /** Targets that count, for totals and averages. */
  readonly tokens: number
  /** Whether a pass starts with it: carried state begins anew. */
  readonly startsEpoch: boolean
}

/** Batches of a training set without end, pass after pass, that can be resumed at any of them. */
export interface BatchSource {
  /** Batches of a pass over the data. */
  readonly batchesPerEpoch: number
  /** The next batch, in arrays of its own. */
  next(): SourceBatch
  /** Where `next` will read, as plain JSON. */
  position(): JsonValue
  /** Goes to a position that `position` gave. */
  restore(position: JsonValue): void
}
