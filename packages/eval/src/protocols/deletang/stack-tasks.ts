/** The four tasks labelled deterministic context-free. */
import type { Word } from '../../languages/language.ts'
import type { Difference } from '../protocol.ts'
import { randomExpression, valueByRecursion, valuesByStack } from './bracket-expression.ts'
import { BITS, DIGITS, type TaskParts, terminated, uniformWord, upToTerminator } from './task.ts'

/** What is said of every task whose output is filled up with zeros. */
export const FILLING: Difference = {
  what: 'steps that the loss counts',
  original: 'every output step, so mostly the zeros after the terminator',
  here: 'the steps that the score counts; the protocol says which (training.loss)',
  switchable: true,
}

/** Reverse String. */
export function reverseString(): TaskParts {
  return {
    name: 'reverse-string',
    title: 'the word from its end',
    level: 'deterministic-context-free',
    need: { memory: 'stack' },
    kind: 'pushdown',
    alphabet: BITS,
    outputs: BITS,
    outputLength: length => length,
    machine(word) {
      const stack = [...word]
      return Array.from(word, () => stack.pop()!)
    },
    direct: word => Array.from(word, (_, i) => word[word.length - 1 - i]!),
    sample: (draws, size) => uniformWord(draws, size, 2),
  }
}

const POP = 2

/** Stack Manipulation: a stack from bottom to top, then actions; the output is the stack from its top. */
export function stackManipulation(): TaskParts {
  const pushed = (symbol: number) => symbol - 3
  return {
    name: 'stack-manipulation',
    title: 'the stack that is left after pops and pushes',
    level: 'deterministic-context-free',
    need: { memory: 'stack' },
    kind: 'pushdown',
    alphabet: ['0', '1', 'pop', 'push-0', 'push-1'],
    outputs: ['0', '1', 'end'],
    differences: [FILLING],
    outputLength: length => length + 1,
    scored: upToTerminator,
    machine(word) {
      const stack: number[] = []
      for (const symbol of word) {
        if (symbol === POP)
          stack.pop() // nothing happens when it is empty
        else stack.push(symbol < POP ? symbol : pushed(symbol))
      }
      return terminated(stack.reverse(), word.length + 1)
    },
    // from the end: each pop takes the next bit to its left that no pop has taken
    direct(word) {
      const left: number[] = []
      let pops = 0
      for (const symbol of word.toReversed()) {
        if (symbol === POP) pops++
        else if (pops > 0) pops--
        else left.push(symbol < POP ? symbol : pushed(symbol))
      }
      return terminated(left, word.length + 1)
    },
    sample(draws, size) {
      if (size === 1) return uniformWord(draws, 1, 2)
      const height = 1 + draws.below(size - 1)
      const actions = uniformWord(draws, size - height, 3).map(action => action + POP)
      return [...uniformWord(draws, height, 2), ...actions]
    },
  }
}

const textOf = (word: Word, alphabet: readonly string[]) => Array.from(word, symbol => alphabet[symbol]!)

/** Modular Arithmetic with brackets. */
export function modularArithmeticBrackets(original: boolean): TaskParts {
  const alphabet = [...DIGITS, '+', '-', '*', '(', ')', ...(original ? ['x'] : [])]
  return {
    name: 'modular-arithmetic',
    title: 'value modulo 5 of a bracketed expression',
    level: 'deterministic-context-free',
    need: { states: 5, memory: 'stack' },
    kind: 'pushdown',
    alphabet,
    outputs: DIGITS,
    differences: [
      {
        what: 'input channels',
        original: 'eleven, one of them for an unknown that no sample has',
        here: 'ten',
        switchable: true,
      },
      {
        what: 'chance',
        original: 'not given; products make 0 the value of 31 % of the expressions',
        here: 'given beside every score',
        switchable: false,
      },
    ],
    outputLength: () => 1,
    machine(word) {
      const texts = textOf(word, alphabet)
      return [texts.includes('x') ? 0 : (valuesByStack(texts)?.[0] ?? 0)]
    },
    direct: word => [valueByRecursion(textOf(word, alphabet).join('')) ?? 0],
    sample: (draws, size) =>
      randomExpression(draws, size, ['+', '-', '*']).map(text => alphabet.indexOf(text)),
  }
}

const EQUATION = [...DIGITS, '+', '-', '(', ')', 'x', '=']

/** Solve Equation: sums and differences only, so that the unknown has one value. */
export function solveEquation(original: boolean): TaskParts {
  return {
    name: 'solve-equation',
    title: 'the digit for which an equation modulo 5 holds',
    level: 'deterministic-context-free',
    need: { states: 25, memory: 'stack' },
    kind: 'pushdown',
    alphabet: EQUATION,
    outputs: DIGITS,
    from: original ? 1 : 3,
    differences: [
      {
        what: 'operators',
        original: 'plus and minus, although the paper allows products',
        here: 'plus and minus: with products the unknown can have several values',
        switchable: false,
      },
      {
        what: 'lengths 1 and 2, which have no equation',
        original: 'zeros, whose answer is 0',
        here: 'left out',
        switchable: true,
      },
    ],
    outputLength: () => 1,
    machine(word) {
      const texts = textOf(word, EQUATION)
      const value = texts.at(-1)!
      if (texts.at(-2) !== '=' || !/^[0-4]$/.test(value) || count(texts, 'x') !== 1) return [0]
      const values = valuesByStack(texts.slice(0, -2))
      return [values === undefined ? 0 : values.indexOf(Number(value))]
    },
    direct(word) {
      const text = textOf(word, EQUATION).join('')
      const [, left, value] = /^([^=]*x[^=]*)=([0-4])$/.exec(text) ?? []
      if (left === undefined || count([...left], 'x') !== 1) return [0]
      for (let x = 0; x < 5; x++) {
        if (valueByRecursion(left.replace('x', `${x}`)) === Number(value)) return [x]
      }
      return [0]
    },
    sample(draws, size) {
      if (size < 3) return Array<number>(size).fill(0)
      const expression = randomExpression(draws, size - 2, ['+', '-'])
      const value = valueByRecursion(expression.join(''))!
      let place = draws.below(expression.length)
      while (!/[0-4]/.test(expression[place]!)) place = (place + 1) % expression.length
      expression[place] = 'x'
      return [...expression, '=', `${value}`].map(text => EQUATION.indexOf(text))
    },
  }
}

const count = (texts: readonly string[], text: string) => texts.filter(own => own === text).length
