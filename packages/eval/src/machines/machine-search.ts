/** What next symbols should be, by search: for tests. */
import type { Machine } from '../languages/machine.ts'

/**
 * Whether a word of class 1 can be reached from a state in at most so many steps. States with equal keys are visited
 * once.
 */
export function reachesWord<S>(machine: Machine<S>, from: S, symbols: number, steps: number): boolean {
  let layer = [from]
  const seen = new Set([machine.key(from)])
  for (let step = 0; step <= steps; step++) {
    if (layer.some(state => machine.classOf(state) === 1)) return true
    const after: S[] = []
    for (const state of layer) {
      for (let symbol = 0; symbol < symbols; symbol++) {
        const next = machine.step(state, symbol)
        const key = machine.key(next)
        if (key === '' || seen.has(key)) continue // '' is the lost state
        seen.add(key)
        after.push(next)
      }
    }
    layer = after
  }
  return false
}

/** The flags of a state by search. */
export function flagsBySearch<S>(machine: Machine<S>, state: S, symbols: number, steps: number): number[] {
  const reached = Array.from({ length: symbols }, (_, symbol) =>
    Number(reachesWord(machine, machine.step(state, symbol), symbols, steps)),
  )
  return [...reached, Number(machine.classOf(state) === 1)]
}

/** The state after a word. */
export function stateOf<S>(machine: Machine<S>, word: Iterable<number>): S {
  let state = machine.start
  for (const symbol of word) state = machine.step(state, symbol)
  return state
}
