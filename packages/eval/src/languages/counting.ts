/** Exactly uniform words of an automaton: how many continuations of each length every state has, as big integers. */
import type { Dfa } from '../automata/dfa.ts'
import type { Draws } from './draws.ts'
import type { Word } from './language.ts'

/** The words of an automaton that end in chosen states. */
export interface CountedWords {
  /** How many there are of a length. */
  count(length: number): bigint
  /** One of them, each as likely as the others. There must be one. */
  draw(length: number, draws: Draws): Word
}

/** Counts the words after which `wanted` holds of the state. Tables grow as longer words are asked for. */
export function countWords(dfa: Dfa, wanted: (state: number) => boolean): CountedWords {
  const states = dfa.classes.length
  const tables: bigint[][] = [Array.from({ length: states }, (_, state) => (wanted(state) ? 1n : 0n))]
  const tableOf = (length: number): bigint[] => {
    while (tables.length <= length) {
      const shorter = tables[tables.length - 1]!
      const table: bigint[] = []
      for (let state = 0; state < states; state++) {
        let sum = 0n
        for (let a = 0; a < dfa.symbols; a++) sum += shorter[dfa.next[state * dfa.symbols + a]!]!
        table.push(sum)
      }
      tables.push(table)
    }
    return tables[length]!
  }
  return {
    count: length => tableOf(length)[dfa.start]!,
    draw(length, draws) {
      let rank = draws.bigBelow(tableOf(length)[dfa.start]!)
      let state = dfa.start
      return Uint8Array.from({ length }, (_, position) => {
        const table = tableOf(length - position - 1)
        for (let symbol = 0; ; symbol++) {
          const next = dfa.next[state * dfa.symbols + symbol]!
          if (rank < table[next]!) {
            state = next
            return symbol
          }
          rank -= table[next]!
        }
      })
    },
  }
}
