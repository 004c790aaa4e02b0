/** FLaRe's seven regular languages: automata, and definitions without them. */
import { type DfaTable, dfaFromTable } from '../../automata/define-dfa.ts'
import { wordCounts } from '../../automata/word-counts.ts'
import type { Level, Word } from '../../languages/language.ts'
import { finiteMachine } from '../../machines/finite.ts'
import type { Difference } from '../protocol.ts'
import { countedBy, type FlareParts } from './language.ts'

const BITS = ['0', '1']
const FIVE = ['0', '1', '2', '3', '4']

function regular(
  name: string,
  title: string,
  alphabet: readonly string[],
  table: DfaTable,
  contains: (word: Word) => boolean,
  more: { readonly level?: Level; readonly differences?: readonly Difference[] } = {},
): FlareParts {
  const machine = finiteMachine(dfaFromTable(table))
  const states = machine.automaton!.classes.length
  return {
    name,
    title,
    level: more.level ?? 'regular',
    need: { states },
    alphabet,
    machine,
    contains,
    ...countedBy(wordCounts(machine.automaton!)),
    ...(more.differences === undefined ? {} : { differences: more.differences }),
  }
}

/** As many changes from 0 to 1 as from 1 to 0: the first symbol is the last. */
export function evenPairs(): FlareParts {
  const table = {
    // nothing; first 0: last 0, last 1; first 1: last 1, last 0
    next: [
      [1, 3],
      [1, 2],
      [1, 2],
      [4, 3],
      [4, 3],
    ],
    classes: [1, 1, 0, 1, 0],
  }
  return regular('even-pairs', 'the number of unequal neighbours is even', BITS, table, word => {
    const unequal = word.filter((bit, i) => i > 0 && bit !== word[i - 1])
    return unequal.length % 2 === 0
  })
}

/** (01)*. */
export function repeat01(): FlareParts {
  const table = {
    next: [
      [1, 2],
      [2, 0],
      [2, 2],
    ],
    classes: [1, 0, 0],
  }
  const contains = (word: Word) => word.length % 2 === 0 && word.every((bit, i) => bit === i % 2)
  return regular('repeat-01', '01 again and again', BITS, table, contains, { level: 'sub-regular' })
}

/** An odd number of ones. */
export function parity(): FlareParts {
  const table = {
    next: [
      [0, 1],
      [1, 0],
    ],
    classes: [0, 1],
  }
  const contains = (word: Word) => word.filter(bit => bit === 1).length % 2 === 1
  return regular('parity', 'an odd number of ones', BITS, table, contains)
}

/** Words that start with 1. */
export function first(): FlareParts {
  const table = {
    next: [
      [2, 1],
      [1, 1],
      [2, 2],
    ],
    classes: [0, 1, 0],
  }
  return regular('first', 'the first symbol is 1', BITS, table, word => word[0] === 1, {
    level: 'sub-regular',
  })
}

/** Moves on a circle of five places, then the place. */
export function cycleNavigation(): FlareParts {
  // places 0 to 4, the end 5, lost 6; symbols: on, back, stay, digits
  const table = {
    next: [
      ...FIVE.map((_, place) => [
        (place + 1) % 5,
        (place + 4) % 5,
        place,
        ...FIVE.map((_, digit) => (digit === place ? 5 : 6)),
      ]),
      Array<number>(8).fill(6),
      Array<number>(8).fill(6),
    ],
    classes: [0, 0, 0, 0, 0, 1, 0],
  }
  const contains = (word: Word) => {
    const moves = word.subarray(0, -1)
    if (word.length === 0 || moves.some(symbol => symbol > 2)) return false
    const count = (symbol: number) => moves.filter(own => own === symbol).length
    return (count(0) - count(1) - (word.at(-1)! - 3)) % 5 === 0
  }
  return regular(
    'cycle-navigation',
    'moves on a circle of five places, then the place reached',
    ['>', '<', '=', ...FIVE],
    table,
    word => contains(word) && word.at(-1)! >= 3,
    {
      differences: [
        {
          what: 'automaton',
          original:
            'its builder uses a name that does not exist, so the data cannot be made again as published',
          here: 'put together from the parts that are there; it accepts the released positives',
          switchable: false,
        },
      ],
    },
  )
}

const CALCULATE = [
  (left: number, right: number) => left + right,
  (left: number, right: number) => left - right,
  (left: number, right: number) => left * right,
]
const modulo5 = (value: number) => ((value % 5) + 5) % 5

/** Digits and operators from left to right, an equals sign, the value. */
export function modularArithmeticSimple(): FlareParts {
  // start 0; value v: 1 + v; value and operator: 6 + 3 v + o; value after "=": 21 + v; end 26; lost 27
  const lost = 27
  const blank = () => Array<number>(9).fill(lost)
  const digits = (to: (digit: number) => number) => FIVE.map((_, digit) => to(digit))
  const none = digits(() => lost)
  const table = {
    next: [
      [...digits(digit => 1 + digit), lost, lost, lost, lost],
      ...FIVE.map((_, value) => [...none, 6 + 3 * value, 7 + 3 * value, 8 + 3 * value, 21 + value]),
      ...FIVE.flatMap((_, value) =>
        CALCULATE.map(of => [...digits(digit => 1 + modulo5(of(value, digit))), lost, lost, lost, lost]),
      ),
      ...FIVE.map((_, value) => [...digits(digit => (digit === value ? 26 : lost)), lost, lost, lost, lost]),
      blank(),
      blank(),
    ],
    classes: Array.from({ length: 28 }, (_, state) => Number(state === 26)),
  }
  const alphabet = [...FIVE, '+', '-', '*', '=']
  const contains = (word: Word) => {
    const text = Array.from(word, symbol => alphabet[symbol]!).join('')
    const [, terms, claimed] = /^([0-4](?:[-+*][0-4])*)=([0-4])$/.exec(text) ?? []
    if (terms === undefined) return false
    let value = Number(terms[0])
    for (const [, operator, digit] of terms.matchAll(/([-+*])([0-4])/g)) {
      value = modulo5(CALCULATE['+-*'.indexOf(operator!)]!(value, Number(digit)))
    }
    return value === Number(claimed)
  }
  return regular(
    'modular-arithmetic-simple',
    'an expression modulo 5, worked out from left to right, and its value',
    alphabet,
    table,
    contains,
    {
      differences: [
        {
          what: 'order of operations',
          original: 'from left to right; Delétang et al. multiply first, so numbers do not compare',
          here: 'from left to right',
          switchable: false,
        },
      ],
    },
  )
}

/** Two kinds of brackets, at most three open. */
export function dyck23(): FlareParts {
  const stacks = ['']
  for (const stack of stacks) if (stack.length < 3) stacks.push(`${stack}0`, `${stack}1`)
  const lost = stacks.length
  const find = (stack: string) => (stacks.includes(stack) ? stacks.indexOf(stack) : lost)
  const closed = (stack: string, kind: string) => (stack.endsWith(kind) ? find(stack.slice(0, -1)) : lost)
  const table = {
    next: [
      ...stacks.map(stack => [find(`${stack}0`), find(`${stack}1`), closed(stack, '0'), closed(stack, '1')]),
      [lost, lost, lost, lost],
    ],
    classes: [1, ...Array<number>(lost).fill(0)],
  }
  // pairs that close what they open are taken out; nothing is left of a balanced word
  const contains = (word: Word) => {
    let [depth, deepest] = [0, 0]
    for (const symbol of word) {
      depth += symbol < 2 ? 1 : -1
      deepest = Math.max(deepest, depth)
    }
    if (deepest > 3) return false
    let text = Array.from(word, symbol => '([)]'[symbol]!).join('')
    for (let before = ''; before !== text; ) {
      before = text
      text = text.replaceAll('()', '').replaceAll('[]', '')
    }
    return text === ''
  }
  return regular(
    'dyck-2-3',
    'two kinds of brackets, at most three open',
    ['(0', '(1', ')0', ')1'],
    table,
    contains,
  )
}
