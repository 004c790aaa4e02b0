/** Words that tell states apart, and test suites made of them. */
import type { Word } from '../languages/language.ts'
import { classOf, type Dfa } from './dfa.ts'
import { minimise } from './minimise.ts'
import { equivalence } from './product.ts'
import { accessWords } from './reach.ts'
import { concatenate, wordsUpTo } from './words.ts'

/**
 * Words by whose classes any two states of a minimal automaton differ (a characterisation set), the empty word first.
 * Words that turned out not to be needed are left out.
 */
export function separatingSet(dfa: Dfa): Word[] {
  const states = dfa.classes.length
  const words: Word[] = []
  const columns: number[][] = [] // for each word the class it leads to from each state
  const add = (word: Word): void => {
    words.push(word)
    columns.push(Array.from(dfa.classes, (_, start) => classOf({ ...dfa, start }, word)))
  }
  add(new Uint8Array(0))
  for (let first = 0; first < states; first++) {
    for (let second = first + 1; second < states; second++) {
      if (columns.some(column => column[first] !== column[second])) continue
      const verdict = equivalence({ ...dfa, start: first }, { ...dfa, start: second })
      if (!verdict.equal) add(verdict.word) // equal states of an automaton that is not minimal have none
    }
  }
  const told = (all: readonly (readonly number[])[]) =>
    new Set(Array.from(dfa.classes, (_, state) => all.map(column => column[state]).join())).size
  const wanted = told(columns)
  for (let i = words.length - 1; i > 0; i--) {
    if (told(columns.toSpliced(i, 1)) < wanted) continue
    words.splice(i, 1)
    columns.splice(i, 1)
  }
  return words
}

/** A test suite whose passing proves equivalence; see {@link wMethodSuite}. */
export interface WMethodSuite extends Iterable<Word> {
  /** States that what is tested may have at most. */
  readonly bound: number
  /** States of the minimal automaton. */
  readonly states: number
  /** Number of words before equal ones are taken once: the suite has at most so many. */
  readonly atMost: number
}

/**
 * The test words of the W-method (Chow 1978; Vasilevskii 1973): the words by which each transition is reached and
 * taken, then any word of at most `bound − states` symbols, then one of the separating set. A deterministic automaton
 * of at most `bound` states that gives all of them the classes that `dfa` gives, gives every word that class. Words
 * are made as they are asked for, each once.
 *
 * @param bound at least the number of states of the minimal automaton; less is taken as that number.
 */
export function wMethodSuite(dfa: Dfa, bound: number): WMethodSuite {
  const minimal = minimise(dfa)
  const { symbols } = minimal
  const states = minimal.classes.length
  const extra = Math.max(0, bound - states)
  const separating = separatingSet(minimal)
  const cover: Word[] = [new Uint8Array(0)]
  for (const word of accessWords(minimal)) {
    for (let symbol = 0; symbol < symbols; symbol++) cover.push(Uint8Array.of(...word!, symbol))
  }
  let middles = 0
  for (let length = 0; length <= extra; length++) middles += symbols ** length
  return {
    bound: states + extra,
    states,
    atMost: cover.length * middles * separating.length,
    *[Symbol.iterator]() {
      const seen = new Set<string>()
      for (const middle of wordsUpTo(symbols, extra)) {
        for (const first of cover) {
          for (const last of separating) {
            const word = concatenate(first, middle, last)
            const key = word.join()
            if (seen.has(key)) continue
            seen.add(key)
            yield word
          }
        }
      }
    },
  }
}
