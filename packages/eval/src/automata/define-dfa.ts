/** Automata from tables written by hand or read from data, checked. */
import { ElmanError } from '@elman/core'
import type { Dfa } from './dfa.ts'

/** An automaton as plain data. */
export interface DfaTable {
  /** State that reading starts in; 0 unless given. */
  readonly start?: number
  /** For each state the next state by symbol; rows have equal lengths. */
  readonly next: readonly (readonly number[])[]
  /** Class of each state. */
  readonly classes: readonly number[]
}

/**
 * The automaton of a table.
 *
 * @throws ElmanError `AUTOMATON_INVALID` where rows differ in length, a state does not exist or a class is no number
 * from 0 to 255.
 */
export function dfaFromTable({ start = 0, next, classes }: DfaTable): Dfa {
  const states = next.length
  if (states === 0) throw invalid('an automaton needs a state', 'at least one row', 'none')
  if (classes.length !== states) {
    throw invalid('there must be a class for each state', `${states} classes`, `${classes.length}`)
  }
  const isState = (state: number) => Number.isInteger(state) && state >= 0 && state < states
  if (!isState(start)) throw invalid('the start is no state', `0 to ${states - 1}`, `${start}`)
  const symbols = next[0]!.length
  for (const [state, row] of next.entries()) {
    if (row.length !== symbols) {
      throw invalid(
        `state ${state} has too ${row.length < symbols ? 'few' : 'many'} next states`,
        `${symbols}`,
        `${row.length}`,
      )
    }
    for (const [symbol, to] of row.entries()) {
      if (isState(to)) continue
      throw invalid(`state ${state} goes to no state on symbol ${symbol}`, `0 to ${states - 1}`, `${to}`)
    }
    const own = classes[state]!
    if (!Number.isInteger(own) || own < 0 || own > 255) {
      throw invalid(`state ${state} has no class`, 'a whole number from 0 to 255', `${own}`)
    }
  }
  return { symbols, start, next: Int32Array.from(next.flat()), classes: Uint8Array.from(classes) }
}

function invalid(message: string, expected: string, found: string): ElmanError {
  return new ElmanError('AUTOMATON_INVALID', { message, expected, found })
}
