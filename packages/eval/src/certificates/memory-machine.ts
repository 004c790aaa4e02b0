/** Deterministic machines with a stack or a queue, as tables; how inputs come to machines that write an output. */
import { ElmanError } from '@elman/core'
import type { Language, Word } from '../languages/language.ts'
import type { MemoryTable } from './format.ts'

/** What a machine does in one step. */
export type MemoryRow = MemoryTable['rows'][number]

/** How a memory gives back what it was given. */
export type MemoryOrder = 'stack' | 'queue'

/** Where in a string a transducer is: 0 in the word, then a number for each delimiter, then in the blanks. */
export interface StringForm {
  /** Symbols of the alphabet. */
  readonly symbols: number
  readonly delimiters: number
}

/** Inputs that may come in a phase, with the phase after each. */
export function inputsIn(
  { symbols, delimiters }: StringForm,
  phase: number,
): { readonly input: number; readonly after: number }[] {
  const blank = symbols + (delimiters > 0 ? 1 : 0)
  const inputs: { input: number; after: number }[] = []
  if (phase === 0) for (let input = 0; input < symbols; input++) inputs.push({ input, after: 0 })
  if (phase < delimiters) inputs.push({ input: symbols, after: phase + 1 })
  else inputs.push({ input: blank, after: delimiters + 1 })
  return inputs
}

/** Rows by control, what is seen, and input. */
export function rowsByKey({ rows }: MemoryTable): Map<string, MemoryRow> {
  return new Map(rows.map(row => [`${row.control} ${row.seen} ${row.input}`, row]))
}

/** The table of some rows, with control states and memory symbols numbered as they come; the start is 0. */
export function tableOfRows(rows: readonly MemoryRow[], start: number): MemoryTable {
  const controls = new Map([[start, 0]])
  const symbols = new Map([[0, 0]])
  const numberIn = (numbers: Map<number, number>, old: number) => {
    const number = numbers.get(old) ?? numbers.size
    numbers.set(old, number)
    return number
  }
  const numbered = rows.map(({ control, seen, to, pushed, ...rest }) => ({
    control: numberIn(controls, control),
    seen: numberIn(symbols, seen),
    ...rest,
    to: numberIn(controls, to),
    ...(pushed !== undefined && { pushed: numberIn(symbols, pushed) }),
  }))
  return { start: 0, controls: controls.size, symbols: symbols.size - 1, rows: numbered }
}

/** What a table answers at the blanks; undefined where it has no row for what it meets. */
export function outputOf(
  rows: ReadonlyMap<string, MemoryRow>,
  { start, order, form }: { readonly start: number; readonly order: MemoryOrder; readonly form: StringForm },
  word: Word,
  blanks: number,
): number[] | undefined {
  const { symbols, delimiters } = form
  const blank = symbols + (delimiters > 0 ? 1 : 0)
  const inputs = [...word, ...new Array(delimiters).fill(symbols), ...new Array(blanks).fill(blank)]
  const memory: number[] = []
  const output: number[] = []
  let control = start
  for (const [t, input] of inputs.entries()) {
    const seen = (order === 'stack' ? memory.at(-1) : memory[0]) ?? 0
    const row = rows.get(`${control} ${seen} ${input}`)
    if (row === undefined) return undefined
    if (t >= word.length + delimiters) output.push(row.answer)
    control = row.to
    if (row.action === 'push') memory.push(row.pushed!)
    if (row.action === 'pop') order === 'stack' ? memory.pop() : memory.shift()
  }
  return output
}

/** The answer of a step that nobody asks about. */
export const NOTHING_ASKED = 255

/** Whether {@link referenceTable} knows a machine for a language. */
export function hasReferenceTable({ id }: Language): boolean {
  return id === 'reverse' || id === 'copy'
}

/**
 * The machine of `reverse` and `copy`: every symbol is put into the memory, and every blank takes one out and answers
 * it. Other functions need a table of their own.
 *
 * @throws ElmanError `CERTIFICATE_NO_TABLE` for other languages.
 */
export function referenceTable({ id, alphabet, transduction }: Language): {
  readonly order: MemoryOrder
  readonly table: MemoryTable
} {
  const order = id === 'reverse' ? 'stack' : id === 'copy' ? 'queue' : undefined
  if (order === undefined || transduction === undefined) {
    throw new ElmanError('CERTIFICATE_NO_TABLE', {
      message: `no reference table with a stack or queue is known for the language ${id}`,
      expected: 'reverse or copy, or a table given by the caller',
    })
  }
  const symbols = alphabet.length
  const { delimiters } = transduction
  const blank = symbols + (delimiters > 0 ? 1 : 0)
  const rows: MemoryRow[] = []
  for (let seen = 0; seen <= symbols; seen++) {
    for (let input = 0; input <= blank; input++) {
      const row = { control: 0, seen, input, to: 0 }
      if (input < symbols) rows.push({ ...row, answer: NOTHING_ASKED, action: 'push', pushed: input + 1 })
      else if (input === blank && seen > 0) rows.push({ ...row, answer: seen - 1, action: 'pop' })
      else rows.push({ ...row, answer: NOTHING_ASKED, action: 'none' })
    }
  }
  return { order, table: { start: 0, controls: 1, symbols, rows } }
}
