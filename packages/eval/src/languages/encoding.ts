/** How strings are written for learners: what a view of a language feeds in and asks back. */
import type { Language, StreamPosition, View, Word } from './language.ts'

/** One string as a learner sees it, a value a step. */
export interface EncodedString {
  /** Input symbols; those after the alphabet's are special: begin, blank, delimiter. */
  readonly inputs: Uint8Array
  /** Wanted class of each step, or wanted flags, `outputs` of them a step. Zero where nothing is asked. */
  readonly targets: Uint8Array
  /** 1 at steps whose answer counts. */
  readonly scored: Uint8Array
  /** 1 at steps that the training loss counts, where they are not the scored ones. */
  readonly trained?: Uint8Array
}

/** A view of a language, ready for learners and baselines. */
export interface Encoding {
  readonly language: Language
  readonly view: View
  /** Number of input symbols with the special ones. */
  readonly inputs: number
  /** Texts of them. */
  readonly inputNames: readonly string[]
  /** Number of outputs: classes, flags (alphabet and end) or output symbols. */
  readonly outputs: number
  /** `class`: softmax over the outputs. `flags`: each output is a yes or no of its own. */
  readonly target: 'class' | 'flags'
  /** Steps of an encoded string whose word has this length. */
  lengthOf(wordLength: number): number
  /** String `at` of the view's stream: for `recognise` and `dense` with balanced classes. */
  sample(at: StreamPosition): EncodedString
  /** A given word. */
  encode(word: Word): EncodedString
}
