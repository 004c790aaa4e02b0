/** FLaRe's Majority and Stack Manipulation. */
import type { Draws } from '../../languages/draws.ts'
import type { Machine } from '../../languages/machine.ts'
import type { LengthRange } from '../protocol.ts'
import { answerMachine } from './answer-machine.ts'
import type { FlareParts } from './language.ts'

/** A counter that may go below zero. */
const majorityMachine: Machine<number> = {
  kind: 'counter',
  start: 0,
  step: (lead, symbol) => lead + (symbol === 1 ? 1 : -1),
  classOf: lead => Number(lead > 0),
  key: lead => `${lead}`,
  next: lead => Uint8Array.of(1, 1, Number(lead > 0)),
}

/** More ones than zeros. Not uniform: the number of ones is. */
export function majority(): FlareParts {
  return {
    name: 'majority',
    title: 'more ones than zeros',
    level: 'deterministic-context-free',
    need: { counters: 1 },
    alphabet: ['0', '1'],
    machine: majorityMachine as Machine,
    contains: word => 2 * word.filter(bit => bit === 1).length > word.length,
    hasPositive: length => length >= 1,
    ofLength(draws, length) {
      const least = Math.floor(length / 2) + 1
      const ones = least + draws.below(length - least + 1)
      const word = Array.from({ length }, (_, i) => Number(i < ones))
      for (let i = length - 1; i > 0; i--) {
        const other = draws.below(i + 1)
        const symbol = word[i]!
        word[i] = word[other]!
        word[other] = symbol
      }
      return word
    },
  }
}

const [PUSH, POP, MARKER] = [2, 3, 4]

/** What has been read: the stack, its top first, whether actions have begun, whether PUSH waits for its bit. */
interface Program {
  readonly stack: readonly number[]
  readonly acts: boolean
  readonly pushes: boolean
}

/** A stack from bottom to top, actions, a marker, the stack from its top. Pops of an empty stack are not allowed. */
export function stackManipulation(): FlareParts {
  return {
    name: 'stack-manipulation',
    title: 'a stack, pushes and pops, a marker, the stack that is left',
    level: 'deterministic-context-free',
    need: { memory: 'stack' },
    alphabet: ['0', '1', 'PUSH', 'POP', '#'],
    differences: [
      {
        what: 'next symbols',
        original: 'PUSH is left out once as many pushes have come as were drawn for the word',
        here: 'every symbol after which a word of the language can be reached',
        switchable: false,
      },
      {
        what: 'words of one length',
        original: 'drawn for a range of lengths only',
        here: 'pairs of stack height and number of pushes that give the length are equally likely',
        switchable: false,
      },
    ],
    machine: answerMachine<Program>({
      kind: 'pushdown',
      symbols: 5,
      start: { stack: [], acts: false, pushes: false },
      read({ stack, acts, pushes }, symbol) {
        if (symbol < PUSH) {
          return acts && !pushes ? undefined : { memory: { stack: [symbol, ...stack], acts, pushes: false } }
        }
        if (pushes) return undefined
        if (symbol === MARKER) return { answer: stack }
        if (symbol === PUSH) return { memory: { stack, acts: true, pushes: true } }
        return stack.length === 0
          ? undefined
          : { memory: { stack: stack.slice(1), acts: true, pushes: false } }
      },
      key: ({ stack, acts, pushes }) => `${stack.join()} ${acts} ${pushes}`,
    }),
    contains(word) {
      const text = Array.from(word, symbol => '01+-#'[symbol]!).join('')
      const [, start, actions, left] = /^([01]*)((?:\+[01]|-)*)#([01]*)$/.exec(text) ?? []
      if (start === undefined) return false
      // bits that a pop takes stand right before it once those between are gone
      let rest = start + actions!.replaceAll('+', '')
      for (let before = ''; before !== rest; ) {
        before = rest
        rest = rest.replaceAll(/[01]-/g, '')
      }
      return [...rest].reverse().join('') === left
    },
    hasPositive: length => length === 1 || length >= 3,
    ofLength(draws, length) {
      const pushes = Array.from({ length: Math.floor((length - 1) / 3) + 1 }, (_, i) => i).filter(
        count => (length - 1 - 3 * count) % 2 === 0,
      )
      const count = pushes[draws.below(pushes.length)]!
      return program(draws, (length - 1 - 3 * count) / 2, count)
    },
    inRange(draws, range) {
      const height = between(draws, range, 0, 2)
      return program(draws, height, between(draws, range, 2 * height, 3))
    },
  }
}

/** Uniform among the numbers of parts of a size that, after what is used and a marker, keep to the range. */
function between(draws: Draws, { from, to }: LengthRange, used: number, size: number): number {
  const least = Math.max(0, Math.ceil((from - used - 1) / size))
  const most = Math.floor((to - used - 1) / size)
  return least + draws.below(Math.max(1, most - least + 1))
}

/** A start of a height; then pushes and, while there is something, pops, by coins, until a push too many is drawn. */
function program(draws: Draws, height: number, pushes: number): number[] {
  const stack = Array.from({ length: height }, () => draws.below(2))
  const word = [...stack]
  for (let pushed = 0; ; ) {
    if (stack.length > 0 && draws.below(2) === 1) {
      word.push(POP)
      stack.pop()
      continue
    }
    if (pushed === pushes) return [...word, MARKER, ...stack.toReversed()]
    pushed++
    const bit = draws.below(2)
    word.push(PUSH, bit)
    stack.push(bit)
  }
}
