/** The smallest automaton of a language, numbered so that equal languages have equal tables. */
import type { Dfa } from './dfa.ts'

/** The states that can be reached, in breadth-first order with symbols in order; the start comes first. */
export function reachableStates({ symbols, start, next }: Dfa): number[] {
  const order = [start]
  const seen = new Set(order)
  for (const state of order) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const to = next[state * symbols + symbol]!
      if (seen.has(to)) continue
      seen.add(to)
      order.push(to)
    }
  }
  return order
}

/** The same automaton without states that cannot be reached, numbered breadth-first from 0. */
export function canonical(dfa: Dfa): Dfa {
  const { symbols, next, classes } = dfa
  const order = reachableStates(dfa)
  const number = new Int32Array(classes.length)
  for (const [i, state] of order.entries()) number[state] = i
  const renumbered = new Int32Array(order.length * symbols)
  for (const [i, state] of order.entries()) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      renumbered[i * symbols + symbol] = number[next[state * symbols + symbol]!]!
    }
  }
  return { symbols, start: 0, next: renumbered, classes: Uint8Array.from(order, state => classes[state]!) }
}

/**
 * The smallest automaton that gives every word the same class, by refining the partition of the states (Moore 1956).
 * Its states are numbered breadth-first, so two automata of the same language give equal tables.
 */
export function minimise(dfa: Dfa): Dfa {
  const { symbols, next, classes } = canonical(dfa)
  let block: Int32Array = Int32Array.from(classes)
  let blocks = new Set(classes).size
  for (;;) {
    const numbers = new Map<string, number>()
    const refined = block.map((own, state) => {
      let key = `${own}`
      for (let symbol = 0; symbol < symbols; symbol++) key += `,${block[next[state * symbols + symbol]!]}`
      const number = numbers.get(key) ?? numbers.size
      numbers.set(key, number)
      return number
    })
    block = refined
    if (numbers.size === blocks) break
    blocks = numbers.size
  }
  const merged = new Int32Array(blocks * symbols)
  const mergedClasses = new Uint8Array(blocks)
  for (const [state, own] of block.entries()) {
    mergedClasses[own] = classes[state]!
    for (let symbol = 0; symbol < symbols; symbol++) {
      merged[own * symbols + symbol] = block[next[state * symbols + symbol]!]!
    }
  }
  return canonical({ symbols, start: block[0]!, next: merged, classes: mergedClasses })
}
