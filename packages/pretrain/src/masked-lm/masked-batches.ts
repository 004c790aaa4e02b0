/** Batches of masked sequences of one shape, pass after pass; any of them can be made again from its number. */

import {
  type Batch,
  type BatchSource,
  ElmanError,
  type JsonValue,
  type Key,
  type NdArray,
  ndArray,
  random,
  sha256Of,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { type LaidOutSequence, type LayoutOptions, layOutSequences } from './lay-out-sequences.ts'
import { type MaskedTokens, maskTokens, maximumPredictions } from './mask-tokens.ts'
import type { MaskedTokenIds } from './special-tokens.ts'
import type { TokenDocuments } from './token-documents.ts'

/** What a model is asked for. */
export interface MaskingRules {
  /**
   * `dynamic`: each pass has sequences and masks of its own (Liu et al. 2019). `static`: there are `copies` of them, as
   * in the original files (dupe_factor), and passes take turns.
   */
  readonly type: 'dynamic' | 'static'
  readonly copies: number
  /** Part of the tokens that is asked for. */
  readonly rate: number
  /** Whether all pieces of a word are asked for together. */
  readonly wholeWords: boolean
}

/** How batches are made. */
export interface MaskedBatchOptions extends LayoutOptions {
  readonly batch: number
  readonly masking: MaskingRules
  readonly special: MaskedTokenIds
  readonly vocabularySize: number
  readonly seed: number
  readonly dtype?: FloatType | undefined
}

/** A sequence with its special tokens. */
export interface AssembledSequence {
  readonly ids: Int32Array
  readonly segments: Int32Array
  /** -1 for special tokens. */
  readonly wordIndex: Int32Array
}

/** A row of a batch. */
export interface MaskedRow extends MaskedTokens {
  readonly segments: Int32Array
  readonly isNext: boolean
}

/** A sequence with `[CLS]` and `[SEP]`. */
export function assembleSequence(
  { ids, words }: Pick<TokenDocuments, 'ids' | 'words'>,
  { first, second }: Omit<LaidOutSequence, 'isNext'>,
  { classification, separator }: Pick<MaskedTokenIds, 'classification' | 'separator'>,
): AssembledSequence {
  const parts = [first, ...(second === undefined ? [] : [second])]
  const length = parts.reduce((sum, [from, to]) => sum + to - from + 1, 1)
  const made = {
    ids: new Int32Array(length),
    segments: new Int32Array(length),
    wordIndex: new Int32Array(length).fill(-1),
  }
  made.ids[0] = classification
  let at = 1
  for (const [segment, [from, to]] of parts.entries()) {
    made.ids.set(ids.subarray(from, to), at)
    made.wordIndex.set(words.subarray(from, to), at)
    made.segments.fill(segment, at, at + to - from + 1)
    at += to - from
    made.ids[at] = separator
    at += 1
  }
  return made
}

/** Rows as the arrays of `maskedObjective`; rows that are missing hold one padding token that is asked for nothing. */
export function packRows(
  rows: readonly MaskedRow[],
  shape: { readonly batch: number; readonly time: number; readonly predictions: number },
  {
    padding,
    nextSentence = false,
    dtype = 'float32',
  }: {
    readonly padding: number
    readonly nextSentence?: boolean | undefined
    readonly dtype?: FloatType | undefined
  },
): Batch {
  const { batch, time, predictions } = shape
  const ids = new Int32Array(time * batch).fill(padding)
  const [segments, mask] = [new Int32Array(time * batch), new Int32Array(time * batch)]
  mask.fill(1, 0, batch) // the first token of each row: attention over nothing has no value
  const [places, targets] = [new Int32Array(batch * predictions), new Int32Array(batch * predictions)]
  const weights = new Float64Array(batch * predictions)
  const next = new Int32Array(batch)
  for (const [row, sequence] of rows.entries()) {
    for (const [t, id] of sequence.ids.entries()) {
      const cell = t * batch + row
      ids[cell] = id
      segments[cell] = sequence.segments[t]!
      mask[cell] = 1
    }
    for (const [n, place] of sequence.places.entries()) {
      const slot = row * predictions + n
      places[slot] = place * batch + row
      targets[slot] = sequence.targets[n]!
      weights[slot] = 1
    }
    next[row] = sequence.isNext ? 0 : 1
  }
  const steps = (data: Int32Array) => ndArray('int32', [time, batch], data)
  const asked = (data: Int32Array) => ndArray('int32', [batch, predictions], data)
  const floats: NdArray =
    dtype === 'float64'
      ? ndArray(dtype, [batch, predictions], weights)
      : ndArray('float32', [batch, predictions], Float32Array.from(weights))
  return {
    ...{ ids: steps(ids), segments: steps(segments), mask: steps(mask) },
    ...{ places: asked(places), targets: asked(targets), weights: floats },
    ...(nextSentence ? { next: ndArray('int32', [batch], next) } : {}),
  }
}

/** One masked sequence. */
export function maskedRow(
  documents: TokenDocuments,
  sequence: LaidOutSequence,
  { special, vocabularySize, masking, length }: Omit<MaskedBatchOptions, 'batch' | 'seed'>,
  key: Key,
): MaskedRow {
  const { segments, ...assembled } = assembleSequence(documents, sequence, special)
  const { rate, wholeWords } = masking
  const maximum = maximumPredictions(length, rate)
  const masked = maskTokens(key, assembled, {
    ...{ vocabularySize, mask: special.mask, rate, wholeWords, maximum },
  })
  return { ...masked, segments, isNext: sequence.isNext }
}

/**
 * Batches for training. All are full: the last of a pass takes sequences from its beginning again. Layout, masks and
 * order of a pass depend on the seed and its number alone.
 *
 * @throws `MASKED_LM_NO_TEXT`, `MASKED_LM_ONE_DOCUMENT`; `restore` throws `STREAM_POSITION_MISMATCH`
 */
export function maskedBatches(documents: TokenDocuments, options: MaskedBatchOptions): BatchSource {
  const { batch, length, masking, seed, nextSentence, special, dtype } = options
  const key = random.foldIn(random.key(seed), 'masked batches')
  const [layoutKey, maskKey, orderKey] = random.split(key, 3) as [Key, Key, Key]
  const versionOf = (pass: number) => (masking.type === 'static' ? pass % masking.copies : pass)
  const layout = (version: number) => layOutSequences(documents, options, random.foldIn(layoutKey, version))
  // Where chance has no part in it, all passes have the same sequences.
  const constant = options.shortSequences === 0 && !nextSentence
  const counts = new Map<number, number>()
  const batchesIn = (pass: number): number => {
    const version = constant ? 0 : versionOf(pass)
    const known = counts.get(version) ?? Math.ceil(layout(version).length / batch)
    counts.set(version, known)
    return known
  }
  const opened = (pass: number) => {
    const sequences = layout(versionOf(pass))
    return { sequences, order: random.permutation(random.foldIn(orderKey, pass), sequences.length) }
  }
  const fingerprint = sha256Of(JSON.stringify([[...documents.ids.subarray(0, 4096)], documents.ids.length]))
  const { type, copies, rate, wholeWords } = masking
  const rules = { batch, length, nextSentence, short: options.shortSequences, type, copies, rate, wholeWords }
  const description = `${JSON.stringify({ ...rules, seed })}, text ${fingerprint.slice(0, 12)}`
  let pass = 0
  let taken = 0
  let current = opened(0)
  const predictions = maximumPredictions(length, rate)
  return {
    batchesPerEpoch: batchesIn(0),
    batchesBefore(wanted) {
      if (constant) return wanted * batchesIn(0)
      let sum = 0
      for (let before = 0; before < wanted; before++) sum += batchesIn(before)
      return sum
    },
    next() {
      const { sequences, order } = current
      const versionKey = random.foldIn(maskKey, versionOf(pass))
      const rows = Array.from({ length: batch }, (_, row) => {
        const index = order[(taken * batch + row) % order.length]!
        return maskedRow(documents, sequences[index]!, options, random.foldIn(versionKey, index))
      })
      const startsEpoch = taken === 0
      taken += 1
      if (taken === batchesIn(pass)) {
        pass += 1
        taken = 0
        current = opened(pass)
      }
      const { padding } = special
      return {
        arrays: packRows(rows, { batch, time: length, predictions }, { padding, nextSentence, dtype }),
        tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0),
        startsEpoch,
      }
    },
    position: () => ({ pass, batch: taken, layout: description }),
    restore(position: JsonValue) {
      const at = position as { readonly pass: number; readonly batch: number; readonly layout: string }
      if (at.layout !== description || !(at.batch < batchesIn(at.pass))) {
        throw new ElmanError('STREAM_POSITION_MISMATCH', {
          message: 'the saved place belongs to another text or another layout of sequences',
          expected: description,
          found: at.layout,
          hint: 'resume with the text, batch, masking and seed that the run began with',
        })
      }
      pass = at.pass
      taken = at.batch
      current = opened(pass)
    },
  }
}
