/** Documents as ids, and batches of them that make few shapes. */
import {
  type BatchSource,
  ElmanError,
  type JsonValue,
  type Key,
  type NdArray,
  ndArray,
  random,
} from '@elman/core'

/** A document to classify. */
export interface EncodedDocument {
  readonly id: string
  readonly ids: Int32Array
}

/** A document with its class. */
export interface LabelledDocument extends EncodedDocument {
  /** Number of the class. */
  readonly label: number
}

/** Which way a model reads. */
export type ReadingDirection = 'forward' | 'backward'

/** Ids in the order that a model reads them. */
export function inDirection(ids: Int32Array, direction: ReadingDirection): Int32Array {
  return direction === 'forward' ? ids : Int32Array.from(ids).reverse()
}

/**
 * The padded length for documents of up to `length` tokens: one of a few below `bptt`, above it whole chunks of 1, 2, 3,
 * 4, 6, 8, 12, … of them. Each is a graph to compile.
 */
export function paddedLength(length: number, bptt: number): number {
  const smallest = Math.min(bptt, Math.max(2, Math.ceil(bptt / 8)))
  for (let size = smallest; size < bptt; size = Math.ceil(size * 1.5)) if (length <= size) return size
  let chunks = 1
  while (chunks * bptt < length) chunks = chunks < 3 ? chunks + 1 : nextChunks(chunks)
  return chunks * bptt
}

/** 4 after 3, 6 after 4, 8 after 6, 12 after 8, … */
function nextChunks(chunks: number): number {
  return Number.isInteger(Math.log2(chunks)) ? (chunks * 3) / 2 : (chunks * 4) / 3
}

/** Documents side by side that end at the last step: ids and mask (time, batch), rows without a document all padding. */
export function padDocuments(
  documents: readonly Int32Array[],
  batch: number,
  time: number,
): { readonly ids: Int32Array; readonly mask: Float32Array } {
  const ids = new Int32Array(time * batch)
  const mask = new Float32Array(time * batch)
  for (const [row, document] of documents.entries()) {
    const start = time - document.length
    for (let t = Math.max(0, start); t < time; t++) {
      ids[t * batch + row] = document[t - start]!
      mask[t * batch + row] = 1
    }
  }
  return { ids, mask }
}

/** How training batches are made. */
export interface DocumentBatchOptions {
  readonly batch: number
  readonly bptt: number
  readonly seed: number
  readonly dtype?: 'float32' | 'float64' | undefined
}

/** Most batches whose documents are sorted by length at a time. */
const SORTED_BATCHES = 20

/**
 * Batches of documents, in another order each pass: documents are shuffled, sorted by length within stretches, and the
 * batches shuffled again. All batches are full: the last one of a pass takes documents from its beginning again.
 *
 * Arrays: `ids` (time, batch) int32, `mask` (time, batch), `label` (batch) int32.
 *
 * @throws `ULMFIT_NO_DOCUMENTS`; `restore` throws `STREAM_POSITION_MISMATCH`
 */
export function documentBatches(
  documents: readonly LabelledDocument[],
  { batch, bptt, seed, dtype = 'float32' }: DocumentBatchOptions,
): BatchSource {
  if (documents.length === 0) {
    throw new ElmanError('ULMFIT_NO_DOCUMENTS', {
      message: 'there is no document to train the classifier on',
    })
  }
  const key = random.foldIn(random.key(seed), 'documents')
  const batchesPerEpoch = Math.ceil(documents.length / batch)
  const layout = `${documents.length} documents, batch ${batch}, bptt ${bptt}, seed ${seed}`
  let epoch = 0
  let taken = 0
  let order = passOrder(documents, batch, random.foldIn(key, 0))
  const goTo = (pass: number, batches: number) => {
    epoch = pass
    taken = batches
    order = passOrder(documents, batch, random.foldIn(key, pass))
  }
  return {
    batchesPerEpoch,
    next() {
      const chosen = order[taken]!.map(index => documents[index]!)
      const longest = Math.max(1, ...chosen.map(({ ids }) => ids.length))
      const time = paddedLength(longest, bptt)
      const { ids, mask } = padDocuments(
        chosen.map(document => document.ids),
        batch,
        time,
      )
      const weights: NdArray =
        dtype === 'float32'
          ? ndArray('float32', [time, batch], mask)
          : ndArray('float64', [time, batch], Float64Array.from(mask))
      const startsEpoch = taken === 0
      if (taken + 1 === batchesPerEpoch) goTo(epoch + 1, 0)
      else taken += 1
      return {
        arrays: {
          ids: ndArray('int32', [time, batch], ids),
          mask: weights,
          label: ndArray(
            'int32',
            [batch],
            Int32Array.from(chosen, ({ label }) => label),
          ),
        },
        tokens: chosen.reduce((sum, { ids: own }) => sum + own.length, 0),
        startsEpoch,
      }
    },
    position: () => ({ epoch, batch: taken, layout }),
    restore(position: JsonValue) {
      const at = position as { readonly epoch: number; readonly batch: number; readonly layout: string }
      if (at.layout !== layout || at.batch >= batchesPerEpoch) {
        throw new ElmanError('STREAM_POSITION_MISMATCH', {
          message: 'the saved place belongs to other documents or another layout',
          expected: layout,
          found: at.layout,
          hint: 'resume with the documents, batch and seed that the run began with',
        })
      }
      goTo(at.epoch, at.batch)
    },
  }
}

/** Numbers of the documents of each batch of a pass. */
function passOrder(documents: readonly LabelledDocument[], batch: number, key: Key): number[][] {
  const shuffled = shuffle(
    documents.map((_, index) => index),
    random.foldIn(key, 'order'),
  )
  const missing = Math.ceil(documents.length / batch) * batch - documents.length
  for (let i = 0; i < missing; i++) shuffled.push(shuffled[i % documents.length]!)
  const batches: number[][] = []
  // Where there are few batches, sorting would make the same ones each pass, and classes that differ in length would
  // never meet in one: batch norm then hides them.
  const together = batch * Math.max(1, Math.min(SORTED_BATCHES, Math.floor(shuffled.length / batch / 4)))
  for (let start = 0; start < shuffled.length; start += together) {
    const stretch = shuffled.slice(start, start + together)
    stretch.sort((a, b) => documents[b]!.ids.length - documents[a]!.ids.length)
    for (let from = 0; from < stretch.length; from += batch) batches.push(stretch.slice(from, from + batch))
  }
  return shuffle(batches, random.foldIn(key, 'batches'))
}

/** Fisher and Yates's shuffle. */
function shuffle<Item>(items: readonly Item[], key: Key): Item[] {
  const result = [...items]
  const draws = random.uniform(key, Math.max(1, result.length), 'float64')
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(draws[last]! * (last + 1))
    ;[result[last], result[other]] = [result[other]!, result[last]!]
  }
  return result
}
