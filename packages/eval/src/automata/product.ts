/** Two automata read the same word: products, complements and comparison. */
import { ElmanError } from '@elman/core'
import type { Word } from '../languages/language.ts'
import type { Dfa } from './dfa.ts'

/** Pairs of states that a common word leads to, breadth-first, each with the pair and symbol it was first met by. */
interface Pairs {
  readonly left: number[]
  readonly right: number[]
  readonly from: number[]
  readonly symbol: number[]
  /** Numbers of the next pairs by `pair · symbols + symbol`; complete only for a whole walk. */
  readonly next: number[]
}

/**
 * The automaton that reads with both and has the class that `combine` makes of theirs: intersection is
 * `(x, y) => x & y`, union `|`, symmetric difference `^`. Only states that can be reached are made; the result is not
 * minimal.
 */
export function product(left: Dfa, right: Dfa, combine: (left: number, right: number) => number): Dfa {
  const pairs = walk(left, right, () => false)
  const classes = pairs.left.map((state, i) => combine(left.classes[state]!, right.classes[pairs.right[i]!]!))
  return {
    symbols: left.symbols,
    start: 0,
    next: Int32Array.from(pairs.next),
    classes: Uint8Array.from(classes),
  }
}

/**
 * The automaton of the words that are not in the language.
 *
 * @throws ElmanError `AUTOMATON_NOT_TWO_CLASSES` for other classes than 0 and 1.
 */
export function complement(dfa: Dfa): Dfa {
  const other = dfa.classes.find(own => own > 1)
  if (other !== undefined) {
    throw new ElmanError('AUTOMATON_NOT_TWO_CLASSES', {
      message: 'only an automaton that says no or yes has a complement',
      expected: 'the classes 0 and 1',
      found: `class ${other}`,
    })
  }
  return { ...dfa, classes: dfa.classes.map(own => 1 - own) }
}

/** Whether two automata give every word the same class; if not, the first word that they do not, and its classes. */
export type Equivalence =
  | { readonly equal: true }
  | { readonly equal: false; readonly word: Word; readonly left: number; readonly right: number }

/** Compares two automata. The word that tells them apart is a shortest, and of those the first by symbols. */
export function equivalence(left: Dfa, right: Dfa): Equivalence {
  const differ = (i: number, j: number) => left.classes[i] !== right.classes[j]
  const pairs = walk(left, right, differ)
  const last = pairs.left.length - 1
  const [i, j] = [pairs.left[last]!, pairs.right[last]!]
  if (!differ(i, j)) return { equal: true }
  return { equal: false, word: wordTo(pairs, last), left: left.classes[i]!, right: right.classes[j]! }
}

/**
 * The state of `right` for each state of `left` where the reachable parts have the same form, with −1 for states that
 * cannot be reached; undefined where they have not.
 */
export function isomorphism(left: Dfa, right: Dfa): Int32Array | undefined {
  const pairs = walk(left, right, () => false)
  const forth = new Int32Array(left.classes.length).fill(-1)
  const back = new Int32Array(right.classes.length).fill(-1)
  for (const [k, i] of pairs.left.entries()) {
    const j = pairs.right[k]!
    if (forth[i] !== -1 || back[j] !== -1 || left.classes[i] !== right.classes[j]) return undefined
    forth[i] = j
    back[j] = i
  }
  return forth
}

/** Walks both until `found` says that a pair is what was looked for; that pair is then the last. */
function walk(left: Dfa, right: Dfa, found: (left: number, right: number) => boolean): Pairs {
  if (left.symbols !== right.symbols) {
    throw new ElmanError('AUTOMATON_ALPHABETS_DIFFER', {
      message: 'two automata that are to read the same words have different alphabets',
      expected: `${left.symbols} symbols`,
      found: `${right.symbols}`,
    })
  }
  const symbols = left.symbols
  const pairs: Pairs = { left: [], right: [], from: [], symbol: [], next: [] }
  const numbers = new Map<number, number>()
  const meet = (i: number, j: number, from: number, symbol: number): number => {
    const key = i * right.classes.length + j
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = pairs.left.length
    numbers.set(key, number)
    pairs.left.push(i)
    pairs.right.push(j)
    pairs.from.push(from)
    pairs.symbol.push(symbol)
    return number
  }
  meet(left.start, right.start, -1, -1)
  if (found(left.start, right.start)) return pairs
  for (let at = 0; at < pairs.left.length; at++) {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const i = left.next[pairs.left[at]! * symbols + symbol]!
      const j = right.next[pairs.right[at]! * symbols + symbol]!
      const before = pairs.left.length
      const number = meet(i, j, at, symbol)
      pairs.next.push(number)
      if (number === before && found(i, j)) return pairs
    }
  }
  return pairs
}

function wordTo({ from, symbol }: Pairs, pair: number): Word {
  const word: number[] = []
  for (let at = pair; from[at] !== -1; at = from[at]!) word.push(symbol[at]!)
  return Uint8Array.from(word.reverse())
}
