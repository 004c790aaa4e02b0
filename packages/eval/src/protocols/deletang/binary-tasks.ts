/** The tasks labelled context-sensitive that calculate with binary numbers. */
import type { Draws } from '../../languages/draws.ts'
import type { Word } from '../../languages/language.ts'
import { bitsOfNumber, integerRoot, numberOfBits, rootByDigits } from '../whole-numbers.ts'
import { FILLING } from './stack-tasks.ts'
import { BITS, type TaskParts, terminated, upToTerminator } from './task.ts'

const OPERATOR = 2

/** Uniform in 1 … 2^bits − 1. */
function positive(draws: Draws, bits: number): bigint {
  return 1n + draws.bigBelow(2n ** BigInt(bits) - 1n)
}

/** Two positive numbers, the lowest bits first, with the operator between them. */
function twoNumbers(draws: Draws, size: number): number[] {
  if (size <= 2) return bitsOfNumber(draws.bigBelow(2n ** BigInt(size) - 1n), size)
  const first = 1 + draws.below(size - 2)
  const second = size - 1 - first
  return [
    ...bitsOfNumber(positive(draws, first), first),
    OPERATOR,
    ...bitsOfNumber(positive(draws, second), second),
  ]
}

function operands(word: Word): readonly [Word, Word] | undefined {
  const place = word.indexOf(OPERATOR)
  if (place < 1 || place === word.length - 1 || word.lastIndexOf(OPERATOR) !== place) return undefined
  return [word.subarray(0, place), word.subarray(place + 1)]
}

/** A word without an operator; 0 for one in which it stands wrongly. */
const oneNumber = (word: Word): Word => (word.includes(OPERATOR) ? Uint8Array.of(0) : word)

const SHORT = {
  what: 'lengths 1 and 2, which have no two numbers',
  here: 'left out',
  switchable: true,
} as const

/** Binary Addition, the lowest bits first. */
export function binaryAddition(original: boolean): TaskParts {
  return {
    name: 'binary-addition',
    title: 'sum of two binary numbers, lowest bits first',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'tape',
    alphabet: ['0', '1', '+'],
    outputs: ['0', '1', 'end'],
    from: original ? 1 : 3,
    differences: [FILLING, { ...SHORT, original: 'one number, whose answer is itself' }],
    outputLength: length => length + 1,
    scored: upToTerminator,
    machine(word) {
      const [first, second] = operands(word) ?? [oneNumber(word), Uint8Array.of(0)]
      return terminated(added([...first], [...second]), word.length + 1)
    },
    direct(word) {
      const both = operands(word)
      const sum =
        both === undefined ? numberOfBits(oneNumber(word)) : numberOfBits(both[0]) + numberOfBits(both[1])
      return terminated(bitsOfNumber(sum), word.length + 1)
    },
    sample: twoNumbers,
  }
}

/** Binary Multiplication, the lowest bits first. */
export function binaryMultiplication(original: boolean): TaskParts {
  return {
    name: 'binary-multiplication',
    title: 'product of two binary numbers, lowest bits first',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'tape',
    alphabet: ['0', '1', '*'],
    outputs: ['0', '1', 'end'],
    from: original ? 1 : 3,
    differences: [
      FILLING,
      { ...SHORT, original: 'one number, whose answer is 0 (nothing at length 1)' },
      {
        what: 'time',
        original: 'not spoken of',
        here: 'products take quadratic time: no machine with a step a symbol can do it',
        switchable: false,
      },
    ],
    outputLength: length => length,
    scored: upToTerminator,
    machine(word) {
      const both = operands(word)
      if (both === undefined)
        return terminated(Array<number>(Math.min(1, word.length - 1)).fill(0), word.length)
      let product: number[] = [0]
      for (const [place, bit] of both[1].entries()) {
        if (bit === 1) product = added(product, [...Array<number>(place).fill(0), ...both[0]])
      }
      return terminated(product, word.length)
    },
    direct(word) {
      const both = operands(word)
      if (both === undefined) return word.length === 1 ? [2] : terminated([0], word.length)
      return terminated(bitsOfNumber(numberOfBits(both[0]) * numberOfBits(both[1])), word.length)
    },
    sample: twoNumbers,
  }
}

/** Sum bit by bit with a carry, without zeros at the high end. */
function added(first: readonly number[], second: readonly number[]): number[] {
  const sum: number[] = []
  let carry = 0
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const total = (first[i] ?? 0) + (second[i] ?? 0) + carry
    sum.push(total & 1)
    carry = total >> 1
  }
  if (carry === 1) sum.push(1)
  while (sum.length > 1 && sum.at(-1) === 0) sum.pop()
  return sum
}

/** Compute Sqrt: the whole part of the root. */
export function computeSqrt(original: boolean): TaskParts {
  // the code writes the highest bits first, the paper the lowest
  const numberOf = (word: Word) => numberOfBits(original ? word.toReversed() : word)
  const write = (root: bigint, length: number) => {
    const bits = bitsOfNumber(root, length)
    return original ? bits.reverse() : bits
  }
  const half = (length: number) => Math.ceil(length / 2)
  return {
    name: 'compute-sqrt',
    title: 'whole part of the square root of a binary number',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    kind: 'tape',
    alphabet: BITS,
    outputs: BITS,
    differences: [
      {
        what: 'order of the bits',
        original: 'highest first; the first bit of the root is then 1 in 63 % of the samples',
        here: 'lowest first, as in the paper',
        switchable: true,
      },
    ],
    outputLength: half,
    machine: word => write(rootByDigits(numberOf(word)), half(word.length)),
    direct: word => write(integerRoot(numberOf(word)), half(word.length)),
    sample(draws, size) {
      const bits = bitsOfNumber(positive(draws, size), size)
      return original ? bits.reverse() : bits
    },
  }
}
