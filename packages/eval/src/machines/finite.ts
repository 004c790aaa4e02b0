/** Automata as reference machines. */
import type { Dfa } from '../automata/dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { nextFlags } from '../automata/reach.ts'
import type { Machine } from '../languages/machine.ts'

/** The machine of an automaton, made minimal; it knows next symbols where the classes are 0 and 1. */
export function finiteMachine(dfa: Dfa): Machine<number> {
  const automaton = minimise(dfa)
  const { symbols, start, next, classes } = automaton
  const machine: Machine<number> = {
    kind: 'finite',
    start,
    step: (state, symbol) => next[state * symbols + symbol]!,
    classOf: state => classes[state]!,
    key: state => `${state}`,
    automaton,
  }
  if (classes.some(own => own > 1)) return machine
  const flags = nextFlags(automaton)
  return { ...machine, next: state => flags[state]!.slice() }
}
