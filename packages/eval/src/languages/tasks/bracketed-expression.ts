import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { languageOptions, withTrainSize } from '../component.ts'
import { type Draws, drawsAt } from '../draws.ts'
import type { Language, Word } from '../language.ts'

const MODULUS = 5
const SYMBOLS = ['0', '1', '2', '3', '4', '(', ')', '+', '-', '*']
const [OPEN, CLOSE, PLUS, MINUS, TIMES] = [5, 6, 7, 8, 9]
const modulo = (value: number) => ((value % MODULUS) + MODULUS) % MODULUS

/**
 * D4: the value modulo 5 of an expression: a digit, a digit with a minus, or two expressions with an operator in
 * brackets. Products are off by default, for zero absorbs and would be the value of three in ten. Words that are no
 * expression have the value 0. Lengths 3, 4 and 8 have no expression.
 */
export function bracketedModulo5(multiplication: boolean): Language {
  const operators = multiplication ? [PLUS, MINUS, TIMES] : [PLUS, MINUS]
  const counts = expressionCounts(BigInt(operators.length))
  return {
    id: multiplication ? 'bracketed-mod-5-products' : 'bracketed-mod-5',
    title: `value modulo 5 of ${multiplication ? 'sums and products' : 'sums and differences'} in brackets`,
    level: 'deterministic-context-free',
    need: { states: MODULUS, memory: 'stack' },
    alphabet: multiplication ? SYMBOLS : SYMBOLS.slice(0, TIMES),
    trainSize: 20,
    hasSize: size => size >= 1 && counts(size) > 0n,
    lengthOf: size => size,
    transduction: {
      outputs: ['0', '1', '2', '3', '4'],
      machine: { kind: 'pushdown', transduce: word => Uint8Array.of(reduceOnStack(word)) },
      transduce: word => Uint8Array.of(rewrite(word)),
      outputLength: () => 1,
      delimiters: 0,
      sample: at => Uint8Array.from(drawExpression(at.size, counts, operators, drawsAt(at))),
    },
    views: ['transduce'],
  }
}

/** Number of expressions by length. */
function expressionCounts(operators: bigint): (length: number) => bigint {
  const table = [0n, 5n, 5n]
  return length => {
    while (table.length <= length) {
      let sum = 0n
      const inner = table.length - 3
      for (let left = 1; left < inner; left++) sum += table[left]! * table[inner - left]!
      table.push(operators * sum)
    }
    return table[length]!
  }
}

/** An expression of a length, all as likely as each other. */
function drawExpression(
  length: number,
  counts: (length: number) => bigint,
  operators: readonly number[],
  draws: Draws,
): number[] {
  if (length === 1) return [draws.below(MODULUS)]
  if (length === 2) return [MINUS, draws.below(MODULUS)]
  const inner = length - 3
  let rank = draws.bigBelow(counts(length) / BigInt(operators.length))
  let left = 1
  while (rank >= counts(left) * counts(inner - left)) {
    rank -= counts(left) * counts(inner - left)
    left++
  }
  return [
    OPEN,
    ...drawExpression(left, counts, operators, draws),
    operators[draws.below(operators.length)]!,
    ...drawExpression(inner - left, counts, operators, draws),
    CLOSE,
  ]
}

/** One pass with a stack. Values lie on it as digits; a closing bracket replaces five symbols by their value. */
function reduceOnStack(word: Word): number {
  const stack: number[] = []
  const isValue = (symbol: number | undefined) => symbol !== undefined && symbol < MODULUS
  for (const symbol of word) {
    if (symbol < MODULUS) {
      // a minus with no value before it belongs to the digit
      if (stack.at(-1) === MINUS && !isValue(stack.at(-2))) stack.splice(-1, 1, modulo(-symbol))
      else if (isValue(stack.at(-1))) return 0
      else stack.push(symbol)
    } else if (symbol === CLOSE) {
      const [open, left, operator, right] = stack.splice(-4)
      if (open !== OPEN || !isValue(left) || !isValue(right) || operator! < PLUS) return 0
      if (stack.at(-1) === MINUS && !isValue(stack.at(-2))) return 0
      if (isValue(stack.at(-1))) return 0
      stack.push(apply(left!, operator!, right!))
    } else stack.push(symbol)
  }
  return stack.length === 1 && isValue(stack[0]) ? stack[0]! : 0
}

function apply(left: number, operator: number, right: number): number {
  if (operator === TIMES) return modulo(left * right)
  return modulo(operator === PLUS ? left + right : left - right)
}

/** By rewriting the text: innermost brackets give way to a value until nothing changes. */
function rewrite(word: Word): number {
  let text = Array.from(word, symbol => SYMBOLS[symbol]).join('')
  const operand = '(-?[0-4])'
  // values of brackets are written as letters, so that they take no minus
  const inner = /\((-?[0-4]|[a-e])([-+*])(-?[0-4]|[a-e])\)/
  const numberOf = (part: string) => (part >= 'a' ? part.charCodeAt(0) - 97 : modulo(Number(part)))
  for (;;) {
    const found = inner.exec(text)
    if (!found) break
    const value = apply(numberOf(found[1]!), SYMBOLS.indexOf(found[2]!), numberOf(found[3]!))
    text = text.replace(inner, String.fromCharCode(97 + value))
  }
  return new RegExp(`^(${operand}|[a-e])$`).test(text) ? numberOf(text) : 0
}

/** Registry entry `bracketed-mod-5`. */
export const bracketedComponent = defineComponent(LANGUAGE, {
  type: 'bracketed-mod-5',
  summary: 'value modulo 5 of sums and differences in brackets, of products too by an option',
  config: z.strictObject({ multiplication: z.boolean().default(false), ...languageOptions }),
  create: ({ multiplication, trainSize }) => withTrainSize(bracketedModulo5(multiplication), trainSize),
})
