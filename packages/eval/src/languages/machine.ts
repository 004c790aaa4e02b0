/** Reference machines: what decides, one symbol at a time, and what the certificates compare a network with. */
import type { Dfa } from '../automata/dfa.ts'
import type { Word } from './language.ts'

/** What a machine has besides its finite control. */
export type MachineKind = 'finite' | 'counter' | 'pushdown' | 'grammar' | 'queue' | 'tape'

/**
 * A deterministic machine that reads a word from left to right. States are values that are never changed; machines
 * without a deterministic form (palindromes) carry what they have read.
 */
export interface Machine<State = unknown> {
  readonly kind: MachineKind
  readonly start: State
  /** The state after one more symbol. */
  step(state: State, symbol: number): State
  /** Class of the word read so far. */
  classOf(state: State): number
  /** Equal texts for equal states. */
  key(state: State): string
  /**
   * Flags of the symbols after which a word of the language can still be reached, and one more flag: whether the word
   * may end here. Absent where classes are not "in" and "out".
   */
  next?(state: State): Uint8Array
  /** Present when the machine is finite: the minimal automaton of the same language. */
  readonly automaton?: Dfa
}

/** A machine that writes an output word once it has read its input. */
export interface Transducer {
  readonly kind: MachineKind
  /** The output of an input word. */
  transduce(word: Word): Word
}
