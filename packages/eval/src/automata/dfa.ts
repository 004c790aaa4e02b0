/**
 * Complete deterministic finite automata whose states have classes (Moore machines). A recogniser is one with the
 * classes 0 and 1.
 */

/** States are 0 to `classes.length − 1`. */
export interface Dfa {
  /** Number of symbols. */
  readonly symbols: number
  readonly start: number
  /** Next state by `state · symbols + symbol`. */
  readonly next: Int32Array
  /** Class of each state. */
  readonly classes: Uint8Array
}

/** The state after a word. */
export function stateAfter({ symbols, start, next }: Dfa, word: Iterable<number>): number {
  let state = start
  for (const symbol of word) state = next[state * symbols + symbol]!
  return state
}

/** The class of a word. */
export function classOf(dfa: Dfa, word: Iterable<number>): number {
  return dfa.classes[stateAfter(dfa, word)]!
}
