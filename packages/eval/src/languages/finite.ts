/** Finite machines: an automaton out of a step function, and the machine of an automaton. */
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { nextFlags } from '../automata/reach.ts'
import type { Machine } from './machine.ts'

/** What an automaton is made from. */
export interface StepFunction<State> {
  readonly symbols: number
  readonly start: State
  step(state: State, symbol: number): State
  classOf(state: State): number
}

/** The automaton of everything that can be reached, not minimal; states are equal when their JSON texts are. */
export function tabulate<State>({ symbols, start, step, classOf }: StepFunction<State>): Dfa {
  const numbers = new Map([[JSON.stringify(start), 0]])
  const states = [start]
  const next: number[] = []
  for (let state = 0; state < states.length; state++) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const after = step(states[state]!, symbol)
      const key = JSON.stringify(after)
      const number = numbers.get(key) ?? states.length
      if (number === states.length) {
        numbers.set(key, number)
        states.push(after)
      }
      next.push(number)
    }
  }
  return { symbols, start: 0, next: Int32Array.from(next), classes: Uint8Array.from(states, classOf) }
}

/** The minimal automaton of a step function. */
export function automatonOf<State>(options: StepFunction<State>): Dfa {
  return minimise(tabulate(options))
}

/** A minimal automaton as a reference machine; with `next` when it is a language proper, its classes no and yes. */
export function finiteMachine(dfa: Dfa, proper: boolean): Machine<number> {
  const { symbols, next, classes } = dfa
  const flags = proper ? nextFlags(dfa) : undefined
  return {
    kind: 'finite',
    start: dfa.start,
    step: (state, symbol) => next[state * symbols + symbol]!,
    classOf: state => classes[state]!,
    key: state => String(state),
    ...(flags && { next: (state: number) => flags[state]! }),
    automaton: dfa,
  }
}
