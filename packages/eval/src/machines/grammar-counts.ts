/** How many words of each length an unambiguous grammar makes, and draws among them that favour none. */
import { ElmanError } from '@elman/core'
import type { Draws } from '../languages/draws.ts'
import type { Word } from '../languages/language.ts'
import {
  type Grammar,
  type GrammarDescription,
  grammarOf,
  lengthOf,
  type Part,
  variableOf,
} from './grammar.ts'

/** Exact numbers of words by length. */
export interface GrammarCounts {
  /** Number of words of a length that a variable (the start unless given) makes. */
  count(length: number, variable?: string): bigint
  /** The word at a place among those of a length, in the order of productions and splits. */
  wordAt(length: number, place: bigint): Word
  /**
   * A word of a length, each as likely as any other.
   *
   * @throws ElmanError `GRAMMAR_NO_WORD` where there is none.
   */
  sample(length: number, draws: Draws): Word
}

/** Words by which unambiguity is checked before counts are trusted. */
const CHECKED_WORDS = 2000n
const CHECKED_LENGTH = 12

/**
 * Counts the words of a grammar by counting their derivations, which are as many where the grammar is unambiguous. That
 * is checked on its shortest words; no method decides it for all.
 *
 * @throws ElmanError `GRAMMAR_INVALID`; `GRAMMAR_AMBIGUOUS` with a word of two derivations.
 */
export function grammarCounts(description: GrammarDescription): GrammarCounts {
  const { alphabet } = description
  const grammar = grammarOf(description)
  const derivations = derivationCounts(grammar)
  let checked = 0n
  for (let length = 0; length <= CHECKED_LENGTH; length++) {
    const all = derivations.count([-1], length)
    checked += all
    if (checked > CHECKED_WORDS) break
    const seen = new Set<string>()
    for (let place = 0n; place < all; place++) {
      const word = derivations.wordAt(length, place)
      if (seen.has(word.join())) throw ambiguous(Array.from(word, symbol => alphabet[symbol]!).join(' '))
      seen.add(word.join())
    }
  }
  const count = (length: number) => derivations.count([-1], length)
  const refuse = (length: number, expected: string, found: string): never => {
    throw new ElmanError('GRAMMAR_NO_WORD', {
      message: `the grammar makes no such word of length ${length}`,
      expected,
      found,
    })
  }
  return {
    count(length, variable = description.start) {
      const number = grammar.variables.indexOf(variable)
      return number < 0 ? 0n : derivations.count([-1 - number], length)
    },
    wordAt(length, place) {
      const all = count(length)
      if (place < 0n || place >= all) return refuse(length, `${all} of them`, `place ${place}`)
      return derivations.wordAt(length, place)
    },
    sample(length, draws) {
      const all = count(length)
      if (all === 0n) return refuse(length, 'a length that has words', 'none')
      return derivations.wordAt(length, draws.bigBelow(all))
    },
  }
}

/** One uniform word of a length; for many of them keep {@link grammarCounts}. */
export function sampleFromGrammar(description: GrammarDescription, length: number, draws: Draws): Word {
  return grammarCounts(description).sample(length, draws)
}

/**
 * Counts derivations of sequences of parts, by what their first part takes. Lengths below the shortest are left out at
 * once, so that a variable meets itself at the same length only where it makes itself, which is ambiguous.
 */
function derivationCounts(grammar: Grammar) {
  const { of, shortest, variables } = grammar
  const tables = new Map<string, (bigint | undefined)[]>()
  const running = new Set<string>()
  let filled = -1
  const countOf = (parts: readonly Part[], length: number): bigint => {
    if (length < lengthOf(parts, shortest)) return 0n
    if (parts.length === 0) return length === 0 ? 1n : 0n
    const key = parts.join(' ')
    const table = tables.get(key) ?? []
    tables.set(key, table)
    const known = table[length]
    if (known !== undefined) return known
    const task = `${key}:${length}`
    if (running.has(task))
      throw ambiguous(`a variable that makes itself: ${variables[variableOf(parts[0]!)]}`)
    running.add(task)
    const [first, ...rest] = parts as [Part, ...Part[]]
    let sum = 0n
    if (rest.length > 0) {
      for (const [, ways] of splits(first, rest, length)) sum += ways
    } else if (first >= 0) sum = length === 1 ? 1n : 0n
    else for (const { parts: own } of of[variableOf(first)]!) sum += countOf(own, length)
    running.delete(task)
    table[length] = sum
    return sum
  }
  /** Lengths of the first part, each with the number of derivations of the whole. */
  function* splits(first: Part, rest: readonly Part[], length: number): Generator<[number, bigint]> {
    const least = lengthOf([first], shortest)
    const most = first >= 0 ? 1 : length - lengthOf(rest, shortest)
    for (let own = least; own <= most; own++) {
      // the shorter side first: where it makes nothing, the longer need not be known
      const shorter = own < length - own ? countOf([first], own) : countOf(rest, length - own)
      if (shorter === 0n) continue
      yield [own, shorter * (own < length - own ? countOf(rest, length - own) : countOf([first], own))]
    }
  }
  const count = (parts: readonly Part[], length: number): bigint => {
    // short lengths first, so that the recursion stays shallow
    for (; filled < length; filled++)
      for (const variable of variables.keys()) countOf([-1 - variable], filled + 1)
    return countOf(parts, length)
  }
  const wordAt = (length: number, place: bigint): Word => {
    const word: number[] = []
    const todo: { readonly parts: readonly Part[]; readonly length: number; readonly place: bigint }[] = [
      { parts: [-1], length, place },
    ]
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { parts, length: own } = next
      let rank = next.place
      const [first, ...rest] = parts
      if (first === undefined) continue
      if (rest.length > 0) {
        for (const [split, ways] of splits(first, rest, own)) {
          if (rank >= ways) {
            rank -= ways
            continue
          }
          const others = countOf(rest, own - split)
          todo.push({ parts: rest, length: own - split, place: rank % others })
          todo.push({ parts: [first], length: split, place: rank / others })
          break
        }
        continue
      }
      if (first >= 0) {
        word.push(first)
        continue
      }
      for (const { parts: right } of of[variableOf(first)]!) {
        const ways = countOf(right, own)
        if (rank < ways) {
          todo.push({ parts: right, length: own, place: rank })
          break
        }
        rank -= ways
      }
    }
    return Uint8Array.from(word)
  }
  return { count, wordAt }
}

function ambiguous(found: string): ElmanError {
  return new ElmanError('GRAMMAR_AMBIGUOUS', {
    message: 'words cannot be counted by a grammar that derives one in two ways',
    found,
    hint: 'write rules that derive each word in one way, such as S → ( S ) S | ε for S → S S | ( S ) | ε',
  })
}
