/** Finite machines: an automaton out of a step function, and the machine of an automaton. */
import type { Dfa } from '../automata/dfa.ts'
import type { Machine } from './machine.ts'

/** What an automaton is made from. */
export interface StepFunction<State> {
  readonly symbols: number
  readonly start: State
  step(state: State, symbol: number): State
  classOf(state: State): number
}

/** The automaton of everything that can be reached; states are equal when their JSON texts are. */
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

/** An automaton as a reference machine; with `next` when its classes are 0 and 1 and it is a language proper. */
export function finiteMachine(dfa: Dfa, proper: boolean): Machine<number> {
  const { symbols, next, classes } = dfa
  const machine: Machine<number> = {
    kind: 'finite',
    start: dfa.start,
    step: (state, symbol) => next[state * symbols + symbol]!,
    classOf: state => classes[state]!,
    key: state => String(state),
    automaton: dfa,
  }
  if (!proper) return machine
  const alive = aliveStates(dfa)
  const flags = Array.from(classes, (accepting, state) =>
    Uint8Array.from({ length: symbols + 1 }, (_, a) =>
      a < symbols ? alive[next[state * symbols + a]!]! : accepting,
    ),
  )
  return { ...machine, next: state => flags[state]! }
}

/** 1 for states from which class 1 can be reached. */
function aliveStates({ symbols, next, classes }: Dfa): Uint8Array {
  const alive = Uint8Array.from(classes, value => (value === 1 ? 1 : 0))
  for (let changed = true; changed; ) {
    changed = false
    for (let edge = 0; edge < next.length; edge++) {
      const from = Math.floor(edge / symbols)
      if (alive[from] || !alive[next[edge]!]) continue
      alive[from] = 1
      changed = true
    }
  }
  return alive
}
