/** The four regular tasks. */
import type { Word } from '../../languages/language.ts'
import { BITS, DIGITS, type TaskParts, uniformWord } from './task.ts'

/** Even Pairs: parity of the number of unequal neighbours, which is whether first and last differ. */
export function evenPairs(): TaskParts {
  return {
    name: 'even-pairs',
    title: 'whether the number of unequal neighbours is odd',
    level: 'regular',
    need: { states: 5 },
    kind: 'finite',
    alphabet: BITS,
    outputs: BITS,
    outputLength: () => 1,
    machine(word) {
      let [first, last] = [-1, -1]
      for (const bit of word) {
        if (first === -1) first = bit
        last = bit
      }
      return [Number(first !== last)]
    },
    direct: word => [word.filter((bit, i) => i > 0 && bit !== word[i - 1]).length % 2],
    sample: (draws, size) => uniformWord(draws, size, 2),
  }
}

/** Parity Check. */
export function parityCheck(): TaskParts {
  return {
    name: 'parity-check',
    title: 'whether the number of ones is odd',
    level: 'regular',
    need: { states: 2 },
    kind: 'finite',
    alphabet: BITS,
    outputs: BITS,
    outputLength: () => 1,
    machine(word) {
      let state = 0
      for (const bit of word) if (bit === 1) state = 1 - state
      return [state]
    },
    direct: word => [word.filter(bit => bit === 1).length % 2],
    sample: (draws, size) => uniformWord(draws, size, 2),
  }
}

/** Cycle Navigation: a walk on a circle of five places. */
export function cycleNavigation(original: boolean): TaskParts {
  // the paper counts "stay" as symbol 0, the code "back"
  const moves = original ? [-1, 0, 1] : [0, 1, -1]
  return {
    name: 'cycle-navigation',
    title: 'where a walk on a circle of five places ends',
    level: 'regular',
    need: { states: 5 },
    kind: 'finite',
    alphabet: moves.map(move => (move === 0 ? 'stay' : move === 1 ? 'on' : 'back')),
    outputs: DIGITS,
    differences: [
      {
        what: 'which symbol is which move',
        original: '0, 1, 2 are back, stay, on',
        here: '0, 1, 2 are stay, on, back, as in the paper; a network with one-hot inputs cannot tell',
        switchable: true,
      },
    ],
    outputLength: () => 1,
    machine(word) {
      let place = 0
      for (const symbol of word) place = (place + moves[symbol]! + 5) % 5
      return [place]
    },
    direct(word) {
      const ons = word.filter(symbol => moves[symbol] === 1).length
      const backs = word.filter(symbol => moves[symbol] === -1).length
      return [(((ons - backs) % 5) + 5) % 5]
    },
    sample: (draws, size) => uniformWord(draws, size, 3),
  }
}

const OPERATORS = ['+', '-', '*']

/** Modular Arithmetic without brackets, multiplication before the others. */
export function modularArithmeticSimple(original: boolean): TaskParts {
  const odd = original ? -1 : 1
  const alphabet = [...DIGITS, ...OPERATORS, ...(original ? ['_'] : [])]
  return {
    name: 'modular-arithmetic-simple',
    title: 'value modulo 5 of a sum of products',
    level: 'regular',
    need: { states: 101 },
    kind: 'finite',
    alphabet,
    outputs: DIGITS,
    differences: [
      {
        what: 'even lengths',
        original: 'made odd by leaving a symbol out',
        here: 'made odd by one more symbol, as in the paper',
        switchable: true,
      },
      {
        what: 'input channels',
        original: 'nine, one of them for a blank that no sample has',
        here: 'eight',
        switchable: true,
      },
      {
        what: 'operators after the first traced length',
        original: 'none: they are kept in a generator that the first length uses up',
        here: 'those of the definition at every length',
        switchable: false,
      },
    ],
    lengthOf: size => (size % 2 === 1 ? size : size + odd),
    from: 1,
    outputLength: () => 1,
    machine: word => [sumOfProducts(word)],
    direct(word) {
      const text = Array.from(word, symbol => alphabet[symbol]!).join('')
      return [/^[0-4]([-+*][0-4])*$/.test(text) ? valueOfText(text) : 0]
    },
    sample(draws, size) {
      const length = size % 2 === 1 ? size : size + odd
      return Array.from({ length }, (_, i) => (i % 2 === 0 ? draws.below(5) : 5 + draws.below(3)))
    },
  }
}

/** A finite machine: the sum of finished products, the product under way, the operator that waits; all modulo 5. */
function sumOfProducts(word: Word): number {
  let [sum, factor, operator] = [0, 0, 0]
  let wantsDigit = true
  for (const symbol of word) {
    if (symbol < 5 !== wantsDigit || symbol > 7) return 0
    wantsDigit = !wantsDigit
    if (symbol >= 5) {
      operator = symbol - 5
    } else if (operator === 2) {
      factor = (factor * symbol) % 5
    } else {
      sum = (sum + factor) % 5
      factor = operator === 1 ? (5 - symbol) % 5 : symbol
    }
  }
  return wantsDigit ? 0 : (sum + factor) % 5
}

/** The text cut at its signs, each term at its stars. */
function valueOfText(text: string): number {
  let value = 0n
  for (const [, sign, term] of text.matchAll(/([-+]?)([0-4](?:\*[0-4])*)/g)) {
    const product = term!.split('*').reduce((sofar, digit) => sofar * BigInt(digit), 1n)
    value += sign === '-' ? -product : product
  }
  return Number(((value % 5n) + 5n) % 5n)
}
