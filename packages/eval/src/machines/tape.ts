/** Deterministic programs on one tape, for what no memory of fixed access does in one pass. */
import type { Word } from '../languages/language.ts'
import type { Machine, Transducer } from '../languages/machine.ts'
import { invalid, names, notDeterministic, stepLimit } from './control.ts'

/** One line of a program. */
export interface TapeRule {
  readonly from: string
  /** Cell under the head, or several that are treated alike. */
  readonly read: string | readonly string[]
  readonly to: string
  /** What is put into the cell; it stays unless given. */
  readonly write?: string
  /** Where the head goes; it stays unless given. */
  readonly move?: 'left' | 'right'
}

/**
 * A program: the input stands on a tape without ends, the head on its first symbol; cells beside it hold
 * {@link BLANK}. It ends where no rule applies.
 */
export interface TapeProgram {
  readonly alphabet: readonly string[]
  readonly start: string
  readonly rules: readonly TapeRule[]
  /** Steps that may be taken for an input of a length; 1000 + 10·(length + 1)² unless given. */
  readonly stepLimit?: (length: number) => number
}

/** A program that sorts words by the state it ends in. */
export interface TapeDescription extends TapeProgram {
  /** Class by state; 0 for others. */
  readonly accept: Readonly<Record<string, number>>
  /** Flags of the symbols that may follow, and of the end; see `Machine.next`. */
  readonly next?: (word: Word) => Uint8Array
}

/** Text of an empty cell. */
export const BLANK = '_'

/** What a program is after it has ended. */
interface Ended {
  readonly state: string
  /** The cells that were visited or held input, from the left. */
  readonly cells: readonly string[]
}

/**
 * The machine of a program that sorts words. It carries the word; the program runs when the class is asked for.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`; `classOf` throws `MACHINE_STEP_LIMIT`.
 */
export function tapeMachine(description: TapeDescription): Machine<Word> {
  const run = tapeRunner(description)
  const { accept, next } = description
  const states = new Set([description.start, ...description.rules.map(rule => rule.to)])
  for (const state of Object.keys(accept)) {
    if (!states.has(state))
      throw invalid(`no rule leads to state ${JSON.stringify(state)} of accept`, names(states))
  }
  return {
    kind: 'tape',
    start: new Uint8Array(0),
    step: (word, symbol) => Uint8Array.of(...word, symbol),
    classOf: word => accept[run(word).state] ?? 0,
    key: word => word.join(' '),
    ...(next === undefined ? {} : { next }),
  }
}

/**
 * The transducer of a program: its output is what stands on the tape in the end, from the left, without the cells that
 * hold no output symbol.
 *
 * @throws ElmanError `MACHINE_INVALID`, `MACHINE_NOT_DETERMINISTIC`; `transduce` throws `MACHINE_STEP_LIMIT`.
 */
export function tapeTransducer(program: TapeProgram & { readonly outputs: readonly string[] }): Transducer {
  const run = tapeRunner(program)
  const { outputs } = program
  return {
    kind: 'tape',
    transduce: word =>
      Uint8Array.from(
        run(word)
          .cells.map(cell => outputs.indexOf(cell))
          .filter(symbol => symbol >= 0),
      ),
  }
}

function tapeRunner({ alphabet, start, rules, stepLimit: limitOf }: TapeProgram): (word: Word) => Ended {
  const table = new Map<string, Map<string, TapeRule>>()
  const states = new Set([start, ...rules.map(rule => rule.to)])
  const cells = new Set([BLANK, ...alphabet, ...rules.flatMap(rule => rule.write ?? [])])
  for (const [i, rule] of rules.entries()) {
    if (!states.has(rule.from)) {
      throw invalid(
        `rule ${i + 1} starts from state ${JSON.stringify(rule.from)}, which nothing leads to`,
        names(states),
      )
    }
    const row = table.get(rule.from) ?? new Map<string, TapeRule>()
    table.set(rule.from, row)
    for (const read of typeof rule.read === 'string' ? [rule.read] : rule.read) {
      if (!cells.has(read)) {
        throw invalid(`rule ${i + 1} reads ${JSON.stringify(read)}, which no cell can hold`, names(cells))
      }
      const other = row.get(read)
      if (other !== undefined) throw notDeterministic(rules.indexOf(other) + 1, i + 1, read, rule.from)
      row.set(read, rule)
    }
  }
  return word => {
    const right = Array.from(word, symbol => alphabet[symbol]!) // cells 0, 1, …
    const left: string[] = [] // cells −1, −2, …
    const limit = limitOf?.(word.length) ?? 1000 + 10 * (word.length + 1) ** 2
    let [state, head] = [start, 0]
    for (let steps = 0; ; steps++) {
      const [side, place] = head >= 0 ? [right, head] : [left, -1 - head]
      const rule = table.get(state)?.get(side[place] ?? BLANK)
      if (rule === undefined) return { state, cells: [...left.toReversed(), ...right] }
      if (steps >= limit) throw stepLimit('tape', limit, word.length)
      side[place] = rule.write ?? side[place] ?? BLANK
      state = rule.to
      if (rule.move !== undefined) head += rule.move === 'left' ? -1 : 1
    }
  }
}
