/** What can still be reached: next-symbol sets, access words. */
import type { Word } from '../languages/language.ts'
import type { Dfa } from './dfa.ts'

/** 1 for the states from which some word leads to a state of the class. */
export function coReachable({ symbols, next, classes }: Dfa, goal = 1): Uint8Array {
  const alive = classes.map(own => Number(own === goal))
  const before: number[][] = Array.from(classes, () => [])
  for (const [edge, to] of next.entries()) before[to]!.push(Math.floor(edge / symbols))
  const queue = [...alive.keys()].filter(state => alive[state])
  for (const state of queue) {
    for (const earlier of before[state]!) {
      if (alive[earlier]) continue
      alive[earlier] = 1
      queue.push(earlier)
    }
  }
  return alive
}

/**
 * For each state the flags of the symbols after which the class can still be reached, and a last one: whether the
 * state has the class itself. Rows of `symbols + 1` flags.
 */
export function nextFlags(dfa: Dfa, goal = 1): Uint8Array[] {
  const alive = coReachable(dfa, goal)
  return Array.from(dfa.classes, (own, state) => {
    const flags = new Uint8Array(dfa.symbols + 1)
    for (let symbol = 0; symbol < dfa.symbols; symbol++) {
      flags[symbol] = alive[dfa.next[state * dfa.symbols + symbol]!]!
    }
    flags[dfa.symbols] = Number(own === goal)
    return flags
  })
}

/** For each state the first of the shortest words that lead to it; undefined for states that none leads to. */
export function accessWords({ symbols, start, next, classes }: Dfa): (Word | undefined)[] {
  const words: (Word | undefined)[] = Array.from(classes, () => undefined)
  words[start] = new Uint8Array(0)
  const queue = [start]
  for (const state of queue) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const to = next[state * symbols + symbol]!
      if (words[to] !== undefined) continue
      words[to] = Uint8Array.of(...words[state]!, symbol)
      queue.push(to)
    }
  }
  return words
}
