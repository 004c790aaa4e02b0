/** From regular expressions to automata: Thompson's construction, sets of states, minimisation. */
import type { Dfa } from './dfa.ts'
import { minimise } from './minimise.ts'
import { type Expression, parseRegex } from './regex-syntax.ts'

/** A non-deterministic automaton with silent moves; states are indices. */
interface Nfa {
  readonly silent: number[][]
  /** At most one labelled edge a state. */
  readonly edges: ({ readonly symbols: readonly number[]; readonly to: number } | undefined)[]
}

/**
 * The minimal automaton of a regular expression; class 1 is "matches as a whole". The syntax is that of
 * `parseRegex`: `(ab)*|[^a]+`, `<name>` for symbols of several characters.
 *
 * @throws ElmanError `REGEX_INVALID`, with the place.
 */
export function regexAutomaton(pattern: string, alphabet: readonly string[]): Dfa {
  const nfa: Nfa = { silent: [], edges: [] }
  const accept = addState(nfa)
  const start = build(nfa, parseRegex(pattern, alphabet), accept)
  return minimise(determinise(nfa, start, accept, alphabet.length))
}

function addState({ silent, edges }: Nfa): number {
  silent.push([])
  return edges.push(undefined) - 1
}

/** Adds states that read the expression and then are in `to`; gives the first of them. */
function build(nfa: Nfa, expression: Expression, to: number): number {
  switch (expression.type) {
    case 'empty':
      return to
    case 'symbols': {
      const from = addState(nfa)
      nfa.edges[from] = { symbols: expression.symbols, to }
      return from
    }
    case 'sequence':
      return expression.parts.reduceRight((next, part) => build(nfa, part, next), to)
    case 'choice': {
      const from = addState(nfa)
      for (const part of expression.parts) nfa.silent[from]!.push(build(nfa, part, to))
      return from
    }
    case 'repeat': {
      const again = addState(nfa)
      const first = build(nfa, expression.part, again)
      nfa.silent[again]!.push(to)
      if (expression.many) nfa.silent[again]!.push(first)
      if (expression.least === 1) return first
      const from = addState(nfa)
      nfa.silent[from]!.push(first, to)
      return from
    }
  }
}

function determinise(nfa: Nfa, start: number, accept: number, symbols: number): Dfa {
  const sets: number[][] = []
  const numbers = new Map<string, number>()
  const numberOf = (states: Iterable<number>): number => {
    const closed = new Set(states)
    for (const state of closed) for (const to of nfa.silent[state]!) closed.add(to)
    const sorted = [...closed].sort((a, b) => a - b)
    const key = sorted.join()
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, sets.length)
    return sets.push(sorted) - 1
  }
  numberOf([start])
  const next: number[] = []
  for (const set of sets) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const edges = set.flatMap(state => nfa.edges[state] ?? [])
      next.push(numberOf(edges.filter(edge => edge.symbols.includes(symbol)).map(edge => edge.to)))
    }
  }
  const classes = sets.map(set => Number(set.includes(accept)))
  return { symbols, start: 0, next: Int32Array.from(next), classes: Uint8Array.from(classes) }
}
