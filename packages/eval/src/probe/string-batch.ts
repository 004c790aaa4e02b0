/** Encoded strings as the arrays that graphs read: time first, padding behind the strings. */
import { type NdArray, ndArray, type TensorType } from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Learner } from '../learners/learner.ts'

/** What a graph reads of a batch. Padding has symbol 0, and its steps weigh nothing. */
export interface StringBatch {
  /** (time, batch) int32. */
  readonly inputs: NdArray
  /** Classes (time, batch) int32, or flags (time, batch, outputs) float32. */
  readonly targets: NdArray
  /** (time, batch) float32: 1 at steps that count. */
  readonly scored: NdArray
}

/** The types of a batch's arrays, with a leading axis where `groups` batches lie in front of each other. */
export function batchTypes(
  { target, outputs }: Encoding,
  time: number,
  rows: number,
  groups?: number,
): { readonly [Name in keyof StringBatch]: TensorType } {
  const shape = [...(groups === undefined ? [] : [groups]), time, rows]
  return {
    inputs: { dtype: 'int32', shape },
    targets:
      target === 'class' ? { dtype: 'int32', shape } : { dtype: 'float32', shape: [...shape, outputs] },
    scored: { dtype: 'float32', shape },
  }
}

/**
 * Strings in groups of `rows`, padded to `time`; rows that have no string are padding throughout.
 *
 * @param purpose for training, the steps that count are those of the loss
 */
export function batchOf(
  encoding: Encoding,
  groups: readonly (readonly EncodedString[])[],
  time: number,
  rows: number,
  purpose: 'training' | 'score' = 'score',
): StringBatch {
  const { target, outputs } = encoding
  const each = target === 'class' ? 1 : outputs
  const size = groups.length * time * rows
  const inputs = new Int32Array(size)
  const targets = target === 'class' ? new Int32Array(size) : new Float32Array(size * each)
  const scored = new Float32Array(size)
  for (const [group, strings] of groups.entries()) {
    for (const [row, string] of strings.entries()) {
      const counted = purpose === 'training' ? (string.trained ?? string.scored) : string.scored
      for (let t = 0; t < string.inputs.length; t++) {
        const at = (group * time + t) * rows + row
        inputs[at] = string.inputs[t]!
        scored[at] = counted[t]!
        for (let k = 0; k < each; k++) targets[at * each + k] = string.targets[t * each + k]!
      }
    }
  }
  const types = batchTypes(encoding, time, rows, groups.length > 1 ? groups.length : undefined)
  return {
    inputs: ndArray('int32', types.inputs.shape, inputs),
    targets:
      target === 'class'
        ? ndArray('int32', types.targets.shape, targets as Int32Array)
        : ndArray('float32', types.targets.shape, targets as Float32Array),
    scored: ndArray('float32', types.scored.shape, scored),
  }
}

/** Symbols of a string's word for a learner that needs to know, else undefined. */
export function wordLengthFor(
  { needsWordLength = false }: Learner,
  { language, view }: Encoding,
  string: EncodedString | undefined,
): number | undefined {
  if (!needsWordLength || string === undefined) return undefined
  const { inputs } = string
  if (view !== 'transduce') return inputs.length - 1
  const special = inputs.findIndex(symbol => symbol >= language.alphabet.length)
  return special < 0 ? inputs.length : special
}
