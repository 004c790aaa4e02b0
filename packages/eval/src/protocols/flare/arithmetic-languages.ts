/** FLaRe's languages of calculations with binary numbers, the lowest bits first, zeros allowed at the high end. */
import type { Draws } from '../../languages/draws.ts'
import type { Word } from '../../languages/language.ts'
import { bitsOfNumber, floatingPointRoot, integerRoot, numberOfBits, rootByDigits } from '../whole-numbers.ts'
import { answerMachine } from './answer-machine.ts'
import type { FlareParts } from './language.ts'

/** Numbers that have been read, and the bits of the one under way. */
interface Reading {
  readonly numbers: readonly bigint[]
  readonly value: bigint
  readonly bits: number
}

interface Calculation {
  /** Texts of the symbols after 0 and 1, in the order in which each must come once. */
  readonly marks: readonly string[]
  /** The result as a machine works it out. */
  result(numbers: readonly bigint[]): bigint
}

function calculationMachine({ marks, result }: Calculation): FlareParts['machine'] {
  return answerMachine<Reading>({
    kind: 'tape',
    symbols: 2 + marks.length,
    start: { numbers: [], value: 0n, bits: 0 },
    read({ numbers, value, bits }, symbol) {
      if (symbol < 2) {
        return { memory: { numbers, value: value | (BigInt(symbol) << BigInt(bits)), bits: bits + 1 } }
      }
      if (bits === 0 || symbol !== 2 + numbers.length) return undefined
      const all = [...numbers, value]
      if (all.length === marks.length) return { answer: bitsOfNumber(result(all)) }
      return { memory: { numbers: all, value: 0n, bits: 0 } }
    },
    key: ({ numbers, value, bits }) => `${numbers.join()};${value}:${bits}`,
    filling: 0,
  }) as FlareParts['machine']
}

/** The numbers between the marks, each with a bit at least; nothing where the form is another. */
function numbersOf(word: Word, marks: readonly string[]): bigint[] | undefined {
  const text = Array.from(word, symbol => (symbol < 2 ? `${symbol}` : marks[symbol - 2]!)).join('')
  const parts = text.split(/[^01]/)
  const found = text.replaceAll(/[01]/g, '')
  if (found !== marks.join('') || parts.includes('')) return undefined
  return parts.map(part => numberOfBits(Array.from(part, Number)))
}

/**
 * Lengths of the parts of a word, one at least each, by shares from a Dirichlet distribution with whole weights: sums
 * of as many exponential waits.
 */
function lengths(draws: Draws, total: number, weights: readonly number[]): number[] {
  const waits = weights.map(weight => {
    let wait = 0
    for (let i = 0; i < weight; i++) wait -= Math.log(1 - draws.uniform())
    return wait
  })
  const all = waits.reduce((sum, wait) => sum + wait, 0)
  const free = total - weights.length
  let [share, before] = [0, 0]
  return waits.map((wait, i) => {
    share += wait / all
    const upTo = i === waits.length - 1 ? free : Math.min(free, Math.floor(share * free))
    const own = 1 + upTo - before
    before = upTo
    return own
  })
}

const least = (left: bigint, right: bigint) => (left < right ? left : right)
const largest = (bits: number) => 2n ** BigInt(bits) - 1n

/** Two operands and their result, each operand with as many bits as was drawn for it, in either order. */
function operation(
  draws: Draws,
  length: number,
  weights: readonly number[],
  of: {
    mostOfFirst(mostOfResult: bigint): bigint | undefined
    mostOfSecond(mostOfResult: bigint, first: bigint): bigint | undefined
    result(first: bigint, second: bigint): bigint
  },
): number[] {
  const [one, two, resultBits] = lengths(draws, length - 2, weights) as [number, number, number]
  const [few, many] = [Math.min(one, two), Math.max(one, two)]
  const most = largest(resultBits)
  const first = draws.bigBelow(least(largest(few), of.mostOfFirst(most) ?? largest(few)) + 1n)
  const second = draws.bigBelow(least(largest(many), of.mostOfSecond(most, first) ?? largest(many)) + 1n)
  const operands = [bitsOfNumber(first, few), bitsOfNumber(second, many)]
  if (draws.below(2) === 1) operands.reverse()
  return [...operands[0]!, 2, ...operands[1]!, 3, ...bitsOfNumber(of.result(first, second), resultBits)]
}

/** x+y=z. */
export function binaryAddition(): FlareParts {
  const marks = ['+', '=']
  return {
    name: 'binary-addition',
    title: 'two binary numbers and their sum',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    alphabet: ['0', '1', ...marks],
    machine: calculationMachine({ marks, result: ([x, y]) => addedByBits(x!, y!) }),
    contains(word) {
      const [x, y, z] = numbersOf(word, marks) ?? []
      return x !== undefined && x + y! === z
    },
    hasPositive: length => length >= 5,
    ofLength: (draws, length) =>
      operation(draws, length, [1, 1, 1], {
        mostOfFirst: most => most,
        mostOfSecond: (most, first) => most - first,
        result: (x, y) => x + y,
      }),
  }
}

/** The sum by carries alone. */
function addedByBits(x: bigint, y: bigint): bigint {
  let [sum, carry] = [x, y]
  while (carry !== 0n) [sum, carry] = [sum ^ carry, (sum & carry) << 1n]
  return sum
}

/** x×y=z. */
export function binaryMultiplication(): FlareParts {
  const marks = ['×', '=']
  return {
    name: 'binary-multiplication',
    title: 'two binary numbers and their product',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    alphabet: ['0', '1', ...marks],
    differences: [
      {
        what: 'largest second factor',
        original: 'by floating-point division',
        here: 'by division of whole numbers; products were exact in both',
        switchable: false,
      },
    ],
    machine: calculationMachine({ marks, result: ([x, y]) => multipliedByBits(x!, y!) }),
    contains(word) {
      const [x, y, z] = numbersOf(word, marks) ?? []
      return x !== undefined && x * y! === z
    },
    hasPositive: length => length >= 5,
    ofLength: (draws, length) =>
      operation(draws, length, [1, 1, 2], {
        mostOfFirst: () => undefined,
        mostOfSecond: (most, first) => (first === 0n ? undefined : most / first),
        result: (x, y) => x * y,
      }),
  }
}

/** The product by shifts and sums. */
function multipliedByBits(x: bigint, y: bigint): bigint {
  let product = 0n
  for (let [shifted, rest] = [x, y]; rest !== 0n; shifted <<= 1n, rest >>= 1n) {
    if ((rest & 1n) === 1n) product = addedByBits(product, shifted)
  }
  return product
}

/** x=z, z the whole part of the root; the original's root is a floating-point number. */
export function computeSqrt(original: boolean): FlareParts {
  const marks = ['=']
  const root = original ? floatingPointRoot : integerRoot
  return {
    name: 'compute-sqrt',
    title: 'a binary number and the whole part of its root',
    level: 'context-sensitive',
    need: { memory: 'tape' },
    alphabet: ['0', '1', ...marks],
    differences: [
      {
        what: 'root',
        original:
          'by double precision: positives of 169 symbols and more can be wrong; 943 of the 2,523 released ones are',
        here: 'of whole numbers',
        switchable: true,
      },
    ],
    machine: calculationMachine({
      marks,
      result: ([x]) => (original ? floatingPointRoot : rootByDigits)(x!),
    }),
    contains(word) {
      const [x, z] = numbersOf(word, marks) ?? []
      return x !== undefined && root(x) === z
    },
    hasPositive: length => length >= 3,
    ofLength(draws, length) {
      const [bits, rootBits] = lengths(draws, length - 1, [2, 1]) as [number, number]
      const x = draws.bigBelow(least(largest(bits), largest(2 * rootBits)) + 1n)
      return [...bitsOfNumber(x, bits), 2, ...bitsOfNumber(root(x), rootBits)]
    },
  }
}
