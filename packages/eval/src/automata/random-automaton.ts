/** Random automata: languages without a design, to test methods on. */
import { drawsAt } from '../languages/draws.ts'
import type { Dfa } from './dfa.ts'

/** What a random automaton may have at most (states) and has exactly (symbols, classes). */
export interface RandomAutomatonOptions {
  readonly states?: number
  readonly symbols?: number
  readonly classes?: number
}

/**
 * An automaton of 1 to `states` states (5) with uniform edges, classes and start, the same for the same seed. It need
 * be neither minimal nor connected.
 */
export function randomAutomaton(
  seed: number,
  { states = 5, symbols = 2, classes = 2 }: RandomAutomatonOptions = {},
): Dfa {
  const draws = drawsAt({ seed, stream: 'automaton', size: states, index: 0 })
  const count = 1 + draws.below(states)
  return {
    symbols,
    start: draws.below(count),
    next: Int32Array.from({ length: count * symbols }, () => draws.below(count)),
    classes: Uint8Array.from({ length: count }, () => draws.below(classes)),
  }
}
