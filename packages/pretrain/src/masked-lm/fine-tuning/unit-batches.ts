/** Batches of sequences of similar length, padded to one of a few lengths. */

import {
  type Batch,
  type BatchSource,
  ElmanError,
  type JsonValue,
  type NdArray,
  ndArray,
  random,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { timeBucket } from '../../elmo/sentence-batches.ts'
import type { FineTuningTask } from './fine-tuned-model.ts'
import type { ReadingUnit } from './read-units.ts'

/** The padded length of a sequence: 8, 12, 16, 24, …, at most `length`. It depends on the sequence alone. */
export function paddedTime(tokens: number, length: number): number {
  return Math.max(tokens, Math.min(length, timeBucket(tokens)))
}

/** Sequences as the arrays of `fineTuningObjective`; rows that are missing hold one padding token. */
export function packUnits(
  units: readonly ReadingUnit[],
  { batch, time, task, padding, dtype = 'float32' }: PackedShape,
): Batch {
  const ids = new Int32Array(time * batch).fill(padding)
  const [segments, mask] = [new Int32Array(time * batch), new Int32Array(time * batch)]
  mask.fill(1, 0, batch) // the first token of each row: attention over nothing has no value
  const room = task === 'text' ? 1 : time
  const [places, labels] = [new Int32Array(batch * room), new Int32Array(batch * room)]
  const weights = new Float64Array(batch * room)
  for (const [row, unit] of units.entries()) {
    for (const [t, id] of unit.ids.entries()) {
      ids[t * batch + row] = id
      segments[t * batch + row] = unit.segments[t]!
      mask[t * batch + row] = 1
    }
    for (const [n, place] of unit.places.entries()) {
      const label = unit.labels[n]!
      places[row * room + n] = place * batch + row
      labels[row * room + n] = Math.max(0, label)
      weights[row * room + n] = label < 0 ? 0 : 1
    }
  }
  const steps = (data: Int32Array) => ndArray('int32', [time, batch], data)
  const asked = (data: Int32Array) => ndArray('int32', [batch, room], data)
  const floats: NdArray =
    dtype === 'float64'
      ? ndArray(dtype, [batch, room], weights)
      : ndArray('float32', [batch, room], Float32Array.from(weights))
  return {
    ...{ ids: steps(ids), segments: steps(segments), mask: steps(mask) },
    ...{ places: asked(places), labels: asked(labels), weights: floats },
  }
}

/** Shape and kind of a packed batch. */
export interface PackedShape {
  readonly batch: number
  readonly time: number
  readonly task: FineTuningTask
  readonly padding: number
  readonly dtype?: FloatType | undefined
}

/** How training batches are made. */
export interface UnitBatchOptions extends Omit<PackedShape, 'time'> {
  /** Longest sequence. */
  readonly length: number
  readonly seed: number
}

/** Batches that are sorted by length together. */
const SORTED_BATCHES = 8

/**
 * Batches in another order each pass: sequences are shuffled, sorted by length within stretches, and the batches
 * shuffled again. All are full: the last takes sequences of the pass's beginning again. Sequences without any known
 * label are left out.
 *
 * @throws `MASKED_LM_NOTHING_TO_LEARN`; `restore` throws `STREAM_POSITION_MISMATCH`
 */
export function unitBatches(all: readonly ReadingUnit[], options: UnitBatchOptions): BatchSource {
  const units = all.filter(({ labels }) => labels.some(label => label >= 0))
  if (units.length === 0) {
    throw new ElmanError('MASKED_LM_NOTHING_TO_LEARN', {
      message: 'there is nothing with a label to fine-tune on',
      found: `${all.length} sequences, none with a label`,
      hint: 'give training texts with labels',
    })
  }
  const { batch, length, seed, ...shape } = options
  const key = random.foldIn(random.key(seed), 'fine-tuning batches')
  const batchesPerEpoch = Math.ceil(units.length / batch)
  const layout = `${units.length} sequences, batch ${batch}, length ${length}, seed ${seed}`
  const orderOf = (pass: number): number[][] => {
    const own = random.foldIn(key, pass)
    const order = [...random.permutation(random.foldIn(own, 0), units.length)]
    for (let i = 0; order.length < batchesPerEpoch * batch; i++) order.push(order[i]!)
    const together = batch * SORTED_BATCHES
    const batches: number[][] = []
    for (let start = 0; start < order.length; start += together) {
      const stretch = order.slice(start, start + together)
      stretch.sort((a, b) => units[a]!.ids.length - units[b]!.ids.length || a - b)
      for (let from = 0; from < stretch.length; from += batch) batches.push(stretch.slice(from, from + batch))
    }
    return [...random.permutation(random.foldIn(own, 1), batches.length)].map(at => batches[at]!)
  }
  let pass = 0
  let taken = 0
  let order = orderOf(0)
  return {
    batchesPerEpoch,
    next() {
      const chosen = order[taken]!.map(index => units[index]!)
      const time = paddedTime(Math.max(...chosen.map(({ ids }) => ids.length)), length)
      const startsEpoch = taken === 0
      taken += 1
      if (taken === batchesPerEpoch) {
        pass += 1
        taken = 0
        order = orderOf(pass)
      }
      const arrays = packUnits(chosen, { batch, time, ...shape })
      return { arrays, tokens: chosen.reduce((sum, { ids }) => sum + ids.length, 0), startsEpoch }
    },
    position: () => ({ pass, batch: taken, layout }),
    restore(position: JsonValue) {
      const at = position as { readonly pass: number; readonly batch: number; readonly layout: string }
      if (at.layout !== layout || !(at.batch < batchesPerEpoch)) {
        throw new ElmanError('STREAM_POSITION_MISMATCH', {
          message: 'the saved place belongs to other texts or another layout',
          expected: layout,
          found: at.layout,
          hint: 'resume with the texts, batch and seed that the run began with',
        })
      }
      pass = at.pass
      taken = at.batch
      order = orderOf(pass)
    },
  }
}
