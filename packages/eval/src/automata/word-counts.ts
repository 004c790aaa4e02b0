/** How many words of each length an automaton gives a class, and draws among them that favour none. */
import { ElmanError } from '@elman/core'
import type { Draws } from '../languages/draws.ts'
import type { Word } from '../languages/language.ts'
import type { Dfa } from './dfa.ts'

/** Exact numbers of words by state, class and length; tables grow as longer words are asked for. */
export interface WordCounts {
  readonly dfa: Dfa
  /** Number of words of a length that lead from a state (the start unless given) to the class. */
  count(goal: number, length: number, state?: number): bigint
  /** The word at a place among those of a class and length, in order by symbols from the left; 0 is the first. */
  wordAt(goal: number, length: number, place: bigint): Word
  /**
   * A word of the class and length, each as likely as any other.
   *
   * @throws ElmanError `AUTOMATON_NO_WORD` where there is none.
   */
  sample(goal: number, length: number, draws: Draws): Word
}

/** Counts the words of an automaton: paths by dynamic programming from the end, in whole numbers. */
export function wordCounts(dfa: Dfa): WordCounts {
  const { symbols, start, next, classes } = dfa
  const tables = new Map<number, bigint[][]>()
  // row k: number of words of length k from each state to the class
  const rows = (goal: number, length: number): bigint[][] => {
    let table = tables.get(goal)
    if (table === undefined) {
      table = [Array.from(classes, own => (own === goal ? 1n : 0n))]
      tables.set(goal, table)
    }
    while (table.length <= length) {
      const last = table.at(-1)!
      table.push(
        Array.from(classes, (_, state) => {
          let sum = 0n
          for (let symbol = 0; symbol < symbols; symbol++) sum += last[next[state * symbols + symbol]!]!
          return sum
        }),
      )
    }
    return table
  }
  const count = (goal: number, length: number, state = start) => rows(goal, length)[length]![state]!
  const wordAt = (goal: number, length: number, place: bigint): Word => {
    const table = rows(goal, length)
    const word = new Uint8Array(length)
    let [state, rest] = [start, place]
    for (let i = 0; i < length; i++) {
      const row = table[length - 1 - i]!
      for (let symbol = 0; symbol < symbols; symbol++) {
        const to = next[state * symbols + symbol]!
        if (rest < row[to]!) {
          word[i] = symbol
          state = to
          break
        }
        rest -= row[to]!
      }
    }
    return word
  }
  return {
    dfa,
    count,
    wordAt(goal, length, place) {
      const all = count(goal, length)
      if (place < 0n || place >= all) throw noWord(goal, length, `${all} of them`, `place ${place}`)
      return wordAt(goal, length, place)
    },
    sample(goal, length, draws) {
      const all = count(goal, length)
      if (all === 0n) throw noWord(goal, length, 'a length that has words of the class', 'none')
      return wordAt(goal, length, draws.bigBelow(all))
    },
  }
}

/** Number of words from a state to a class, as `[remaining length][state][class]`, up to a length. */
export function countTables(dfa: Dfa, length: number): bigint[][][] {
  const counts = wordCounts(dfa)
  const classes = Math.max(...dfa.classes) + 1
  return Array.from({ length: length + 1 }, (_, remaining) =>
    Array.from(dfa.classes, (_, state) =>
      Array.from({ length: classes }, (_, goal) => counts.count(goal, remaining, state)),
    ),
  )
}

/** One uniform word of a class and length; for many of them keep {@link wordCounts}. */
export function sampleWord(dfa: Dfa, goal: number, length: number, draws: Draws): Word {
  return wordCounts(dfa).sample(goal, length, draws)
}

/** The first words of a class, shorter ones first; fewer than `limit` where there are not so many. */
export function* shortestWords(dfa: Dfa, goal: number, limit = Number.POSITIVE_INFINITY): Generator<Word> {
  const counts = wordCounts(dfa)
  let given = 0
  // Words of an infinite language have gaps in length of at most the number of states.
  for (let [length, empty] = [0, 0]; given < limit && empty <= dfa.classes.length; length++) {
    const all = counts.count(goal, length)
    empty = all === 0n ? empty + 1 : 0
    for (let place = 0n; place < all && given < limit; place++, given++)
      yield counts.wordAt(goal, length, place)
  }
}

function noWord(goal: number, length: number, expected: string, found: string): ElmanError {
  return new ElmanError('AUTOMATON_NO_WORD', {
    message: `no such word of class ${goal} and length ${length}`,
    expected,
    found,
  })
}
