/**
 * Machines for words of the form "question, marker, answer": they read the question into a memory and, once the marker
 * has come, know the one answer that may follow.
 */
import type { Machine, MachineKind } from '../../languages/machine.ts'

/** What reading one symbol of the question leads to: a memory, the answer (the marker was read), or nothing. */
export type Read<Memory> = { readonly memory: Memory } | { readonly answer: readonly number[] } | undefined

/** How a question is read. */
export interface AnswerMachineParts<Memory> {
  readonly kind: MachineKind
  readonly symbols: number
  readonly start: Memory
  read(memory: Memory, symbol: number): Read<Memory>
  /** Equal texts for equal memories. */
  key(memory: Memory): string
  /** A symbol that may be repeated after the answer: the zeros of a binary number. */
  readonly filling?: number
}

/** The states of such a machine: reading the question, at a place of the answer, or lost. */
export type AnswerState<Memory> =
  | { readonly memory: Memory }
  | { readonly answer: readonly number[]; readonly place: number }
  | undefined

/** The machine. Every question that has been read without getting lost can be finished. */
export function answerMachine<Memory>(parts: AnswerMachineParts<Memory>): Machine<AnswerState<Memory>> {
  const { kind, symbols, start, filling } = parts
  const step = (state: AnswerState<Memory>, symbol: number): AnswerState<Memory> => {
    if (state === undefined) return undefined
    if ('memory' in state) {
      const read = parts.read(state.memory, symbol)
      return read !== undefined && 'answer' in read ? { answer: read.answer, place: 0 } : read
    }
    const { answer, place } = state
    if (place === answer.length) return symbol === filling ? state : undefined
    return symbol === answer[place] ? { answer, place: place + 1 } : undefined
  }
  const finished = (state: AnswerState<Memory>) =>
    state !== undefined && 'answer' in state && state.place === state.answer.length
  return {
    kind,
    start: { memory: start },
    step,
    classOf: state => Number(finished(state)),
    key(state) {
      if (state === undefined) return 'lost'
      if ('memory' in state) return `reads ${parts.key(state.memory)}`
      return `wants ${state.answer.slice(state.place).join()}`
    },
    next(state) {
      const flags = new Uint8Array(symbols + 1)
      for (let symbol = 0; symbol < symbols; symbol++)
        flags[symbol] = Number(step(state, symbol) !== undefined)
      flags[symbols] = Number(finished(state))
      return flags
    },
  }
}
