/**
 * Bracketed expressions modulo 5: the generator of the published tasks, an evaluation with a stack and one by
 * recursion. The expressions are d, -d, (d), (-d) and (expression operator expression).
 */
import type { Draws } from '../../languages/draws.ts'

/** A random expression of a length, its symbols as texts. Splits of the length are uniform, so are operators. */
export function randomExpression(draws: Draws, length: number, operators: readonly string[]): string[] {
  const digit = () => String(draws.below(5))
  if (length === 1) return [digit()]
  if (length === 2) return ['-', digit()]
  if (length === 3) return ['(', digit(), ')']
  if (length === 4) return ['(', '-', digit(), ')']
  const left = 1 + draws.below(length - 4)
  const first = randomExpression(draws, left, operators)
  const second = randomExpression(draws, length - left - 3, operators)
  const operator = operators[draws.below(operators.length)]!
  return ['(', ...first, operator, ...second, ')']
}

/** An open bracket: what has been read in it. */
interface Frame {
  readonly values: (readonly number[])[]
  operator: string
  negative: boolean
  /** Whether the only value is a digit, with or without a sign. */
  simple: boolean
}

const frame = (): Frame => ({ values: [], operator: '', negative: false, simple: false })

const COMBINE: { readonly [operator: string]: (left: number, right: number) => number } = {
  '+': (left, right) => (left + right) % 5,
  '-': (left, right) => (left + 5 - right) % 5,
  '*': (left, right) => (left * right) % 5,
}

/**
 * The value by a stack machine, once for each value that the unknown `x` may have: five hypotheses in its control.
 * Undefined for texts that are no expression.
 */
export function valuesByStack(symbols: readonly string[]): readonly number[] | undefined {
  const stack = [frame()]
  for (const symbol of symbols) {
    const top = stack.at(-1)!
    const full = top.values.length === (top.operator === '' ? 1 : 2)
    if (symbol === '(') {
      if (full || top.negative) return undefined
      stack.push(frame())
    } else if (symbol === ')') {
      stack.pop()
      const outer = stack.at(-1)
      if (outer === undefined || !full || (top.operator === '' && !top.simple)) return undefined
      const [left, right] = top.values
      outer.values.push(
        right === undefined ? left! : left!.map((value, i) => COMBINE[top.operator]!(value, right[i]!)),
      )
      outer.simple = false
    } else if (symbol === '-' && !full && !top.negative) {
      top.negative = true
    } else if (symbol in COMBINE) {
      if (!full || top.operator !== '' || stack.length === 1) return undefined
      top.operator = symbol
    } else if (/^[0-4x]$/.test(symbol)) {
      if (full) return undefined
      const own = symbol === 'x' ? [0, 1, 2, 3, 4] : Array<number>(5).fill(Number(symbol))
      top.values.push(top.negative ? own.map(value => (5 - value) % 5) : own)
      top.simple = true
      top.negative = false
    } else return undefined
  }
  const last = stack[0]!
  return stack.length === 1 && last.values.length === 1 ? last.values[0] : undefined
}

/** The value by recursion on the form of an expression; undefined for texts that are no expression. */
export function valueByRecursion(text: string): number | undefined {
  const simple = /^(?:(-?)([0-4])|\((-?)([0-4])\))$/.exec(text)
  if (simple !== null) {
    const value = Number(simple[2] ?? simple[4])
    return simple[1] === '-' || simple[3] === '-' ? (5 - value) % 5 : value
  }
  if (!text.startsWith('(') || !text.endsWith(')')) return undefined
  const inner = text.slice(1, -1)
  const cut = operatorPlace(inner)
  const left = valueByRecursion(inner.slice(0, cut))
  const right = valueByRecursion(inner.slice(cut + 1))
  if (left === undefined || right === undefined) return undefined
  return COMBINE[inner[cut]!]?.(left, right)
}

/** Where the first operand ends: after a sign and a digit, or where its brackets close. */
function operatorPlace(inner: string): number {
  if (inner[0] !== '(') return inner[0] === '-' ? 2 : 1
  let depth = 0
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '(') depth++
    if (inner[i] === ')' && --depth === 0) return i + 1
  }
  return inner.length
}
