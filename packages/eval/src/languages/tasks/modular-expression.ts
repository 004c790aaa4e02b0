/**
 * R6: expressions of digits modulo 5 without brackets, read from left to right or with the precedence of products. The
 * class of a word is the value of its longest prefix that is an expression, 0 when there is none; only expressions are
 * drawn, and only after operands is anything asked.
 */
import { automatonOf } from '../finite.ts'
import type { Language, Word } from '../language.ts'
import { regularLanguage } from '../regular.ts'

const MODULUS = 5
const ALPHABET = ['0', '1', '2', '3', '4', '+', '-', '*']
const TIMES = 7
const isDigit = (symbol: number) => symbol < MODULUS
const modulo = (value: number) => ((value % MODULUS) + MODULUS) % MODULUS

/** What is read: a closed sum, a product that may go on, an operator that waits; `end` after the first mistake. */
interface State {
  readonly sum: number
  readonly term: number
  readonly waits: number | 'nothing' | 'end'
}

const PLUS = 5

function step(precedence: boolean) {
  return ({ sum, term, waits }: State, symbol: number): State => {
    const stop: State = { sum: modulo(sum + term), term: 0, waits: 'end' }
    if (waits === 'end') return stop
    if (waits === 'nothing') return isDigit(symbol) ? stop : { sum, term, waits: symbol }
    if (!isDigit(symbol)) return stop
    const value = modulo(sum + term)
    if (waits === TIMES) {
      return precedence
        ? { sum, term: modulo(term * symbol), waits: 'nothing' }
        : { sum: modulo(value * symbol), term: 0, waits: 'nothing' }
    }
    const signed = modulo(waits === PLUS ? symbol : -symbol)
    return precedence
      ? { sum: value, term: signed, waits: 'nothing' }
      : { sum: modulo(value + signed), term: 0, waits: 'nothing' }
  }
}

/** The longest prefix that is an expression, as its text. */
function expressionIn(word: Word): string {
  const text = Array.from(word, symbol => ALPHABET[symbol]).join('')
  return /^[0-4]([-+*][0-4])*/.exec(text)?.[0] ?? ''
}

/** Value from left to right, by splitting off the last operand. */
function leftToRight(text: string): number {
  if (text.length <= 1) return Number(text)
  const [left, operator, right] = [leftToRight(text.slice(0, -2)), text.at(-2), Number(text.at(-1))]
  return modulo(operator === '*' ? left * right : operator === '+' ? left + right : left - right)
}

/** Value with products first: the sum of products with their signs. */
function productsFirst(text: string): number {
  const terms = text.replaceAll('-', '+-').split('+')
  const termValue = (term: string) =>
    term.split('*').reduce((value, factor) => modulo(value * Number(factor)), 1)
  return modulo(terms.reduce((sum, term) => sum + termValue(term), 0))
}

function expression(id: string, title: string, precedence: boolean): Language {
  const value = precedence ? productsFirst : leftToRight
  return regularLanguage({
    id,
    title,
    need: { states: precedence ? 25 : 5 },
    alphabet: ALPHABET,
    trainSize: 21,
    automaton: automatonOf<State>({
      symbols: ALPHABET.length,
      start: { sum: 0, term: 0, waits: PLUS },
      step: step(precedence),
      classOf: ({ sum, term }) => modulo(sum + term),
    }),
    classes: ['0', '1', '2', '3', '4'],
    classOf: word => value(expressionIn(word)),
    domain: automatonOf<number>({
      symbols: ALPHABET.length,
      start: 0,
      step: (state, symbol) => (state === (isDigit(symbol) ? 0 : 1) ? 1 - state : 2),
      classOf: state => Number(state === 1),
    }),
    asks: length => length % 2 === 1,
    views: ['dense'],
  })
}

/** Every operator acts on all that was read before: 1+1*2 is 4. */
export const modularExpression: Language = expression(
  'modular-expression',
  'value modulo 5 of digits and operators, from left to right',
  false,
)

/** Products before sums and differences: 1+1*2 is 3. */
export const modularExpressionPrecedence: Language = expression(
  'modular-expression-precedence',
  'value modulo 5 of digits and operators, products first',
  true,
)
