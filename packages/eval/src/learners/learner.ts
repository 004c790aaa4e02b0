/**
 * What is probed: a network that reads symbols and answers at every step. Built from a config, so that a learner of a
 * plugin enters by the same door; `recurrent` takes any registered cell.
 */
import {
  type Descriptor,
  defineExtensionPoint,
  type ExtensionPoint,
  type Parameters,
  type random,
  type Tensor,
  type Traced,
} from '@elman/core'
import type { Baseline } from '../baselines/baseline.ts'

/** How a call is made. */
export interface LearnerCall {
  /** Steps of the inputs: memories take as many cells as the longest string can use. */
  readonly time: number
  /** Memories act by their likeliest action alone, not by a mixture of all. */
  readonly hard: boolean
  /** Symbols of the word, the same of all strings; given to learners that need it. */
  readonly word?: number | undefined
}

/** One step of a learner that carries a state: what extraction and certificates work on. */
export interface Recurrence<P extends Parameters = Parameters> {
  /** Numbers in the whole state, all parts beside each other. */
  stateSize(call: LearnerCall): number
  /** Names and sizes of the parts in their order: `h` 16, `c` 16, `stack` 41 × 8. */
  parts(call: LearnerCall): readonly { readonly name: string; readonly size: number }[]
  /** state (batch, stateSize), symbols (batch) int32; the state before the first symbol is zero. */
  step(
    parameters: Traced<P>,
    state: Tensor,
    symbols: Tensor,
    call: LearnerCall,
  ): { readonly state: Tensor; readonly logits: Tensor }
}

/** A network over strings. */
export interface Learner<P extends Parameters = Parameters> {
  /** Fresh parameters, drawn from `key`. */
  init(key: random.Key): P
  /** Logits (time, batch, outputs) of input symbols (time, batch) int32. Answers may not depend on later symbols. */
  apply(parameters: Traced<P>, symbols: Tensor, call: LearnerCall): Tensor
  /** Whether it has a memory, so that soft and hard calls differ. */
  readonly hasMemory: boolean
  /** Whether calls are told the length of the words, so that strings are not padded to others' lengths. */
  readonly needsWordLength?: boolean
  /** Units of its widest layer, where it has such a number: whether seeds train together depends on it. */
  readonly width?: number
  /** Present when it carries a state from step to step. */
  readonly recurrence?: Recurrence<P>
}

/** Numbers of input symbols and of outputs that a view has. */
export interface LearnerSizes {
  readonly inputs: number
  readonly outputs: number
}

/** Makes a learner once a language is known. */
export type LearnerFactory = (sizes: LearnerSizes) => Learner

/**
 * A learner without gradients: it counts what it finds in training strings, as a baseline does, and takes part in a
 * sweep as a row of its own.
 */
export interface CountedLearner {
  readonly counted: Baseline
}

/** What the components of {@link LEARNER} make. */
export type LearnerProduct = LearnerFactory | CountedLearner

/** Whether a learner counts instead of following gradients. */
export function isCounted(product: LearnerProduct): product is CountedLearner {
  return 'counted' in product
}

declare module '@elman/core' {
  interface ExtensionPoints {
    learner: { product: LearnerProduct }
  }
}

/** Extension point: learners of the ladder. */
export const LEARNER: ExtensionPoint<Descriptor<unknown, LearnerProduct>> =
  defineExtensionPoint<Descriptor<unknown, LearnerProduct>>('learner')
