/** Context-free grammars as data, checked and freed of rules that make no word. */
import { ElmanError } from '@elman/core'

/** A grammar as plain data: `{ start: 'S', rules: { S: ['( S ) S', ''] } }`. */
export interface GrammarDescription {
  readonly alphabet: readonly string[]
  readonly start: string
  /** For each variable its right sides: names of variables and symbols with blanks between them. */
  readonly rules: Readonly<Record<string, readonly string[]>>
}

/** One part of a right side: a symbol's number, or a variable's number from below: −1 is variable 0. */
export type Part = number

/** A production. */
export interface Production {
  /** Number of the variable. */
  readonly variable: number
  readonly parts: readonly Part[]
}

/** A grammar in which every variable and production takes part in some word. */
export interface Grammar {
  readonly symbols: number
  /** Texts of the variables; the start is variable 0. */
  readonly variables: readonly string[]
  readonly productions: readonly Production[]
  /** Productions by variable. */
  readonly of: readonly (readonly Production[])[]
  /** Length of the shortest word of each variable. */
  readonly shortest: readonly number[]
}

/** The number of the variable that a part is, or −1 for a symbol. */
export function variableOf(part: Part): number {
  return part < 0 ? -1 - part : -1
}

/**
 * Reads a grammar. Variables that make no word or are not reached from the start are dropped.
 *
 * @throws ElmanError `GRAMMAR_INVALID` for unknown names, names that are both, or a start that makes no word.
 */
export function grammarOf({ alphabet, start, rules }: GrammarDescription): Grammar {
  const names = Object.keys(rules)
  const both = names.find(name => alphabet.includes(name))
  if (both !== undefined) throw invalid(`${JSON.stringify(both)} is a symbol and a variable`, 'two names')
  if (!names.includes(start))
    throw invalid(`the start ${JSON.stringify(start)} has no rules`, names.join(' '))
  const all = names.flatMap((name, variable) =>
    rules[name]!.map(text => ({
      variable,
      parts: text
        .split(/\s+/)
        .filter(part => part !== '')
        .map(part => partNamed(part, names, alphabet, `${name} → ${text}`)),
    })),
  )
  const shortest = shortestWords(all, names.length)
  if (shortest[names.indexOf(start)] === Number.POSITIVE_INFINITY) {
    throw invalid('the grammar makes no word', 'a right side of symbols alone, in the end')
  }
  const productive = all.filter(({ parts }) => Number.isFinite(lengthOf(parts, shortest)))
  const order = [names.indexOf(start)]
  for (const variable of order) {
    for (const { parts } of productive.filter(production => production.variable === variable)) {
      for (const own of parts.map(variableOf)) if (own >= 0 && !order.includes(own)) order.push(own)
    }
  }
  const moved = (part: Part): Part => (part < 0 ? -1 - order.indexOf(variableOf(part)) : part)
  const productions = productive
    .filter(({ variable }) => order.includes(variable))
    .map(({ variable, parts }) => ({ variable: order.indexOf(variable), parts: parts.map(moved) }))
  return {
    symbols: alphabet.length,
    variables: order.map(variable => names[variable]!),
    productions,
    of: order.map((_, variable) => productions.filter(production => production.variable === variable)),
    shortest: order.map(variable => shortest[variable]!),
  }
}

/** Length of the shortest word of a sequence of parts. */
export function lengthOf(parts: readonly Part[], shortest: readonly number[]): number {
  return parts.reduce((sum, part) => sum + (part < 0 ? shortest[variableOf(part)]! : 1), 0)
}

function shortestWords(productions: readonly Production[], variables: number): number[] {
  const shortest = Array<number>(variables).fill(Number.POSITIVE_INFINITY)
  for (let changed = true; changed; ) {
    changed = false
    for (const { variable, parts } of productions) {
      const length = lengthOf(parts, shortest)
      if (length >= shortest[variable]!) continue
      shortest[variable] = length
      changed = true
    }
  }
  return shortest
}

function partNamed(
  name: string,
  variables: readonly string[],
  alphabet: readonly string[],
  rule: string,
): Part {
  if (variables.includes(name)) return -1 - variables.indexOf(name)
  if (alphabet.includes(name)) return alphabet.indexOf(name)
  throw invalid(
    `${JSON.stringify(name)} in ${rule} is neither a symbol nor a variable`,
    `symbols ${alphabet.join(' ')}, variables ${variables.join(' ')}`,
  )
}

function invalid(message: string, expected: string): ElmanError {
  return new ElmanError('GRAMMAR_INVALID', { message, expected })
}
