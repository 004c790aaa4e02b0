/** Automata out of step functions. */
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'

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
