/**
 * The form of the tasks of Delétang et al.: functions from words to words. Each is written twice, as a machine that
 * reads from left to right and as a direct definition.
 */
import { type Draws, drawsAt } from '../../languages/draws.ts'
import type { Language, Level, Need, Transduction, Word } from '../../languages/language.ts'
import type { MachineKind } from '../../languages/machine.ts'
import type { Difference } from '../protocol.ts'

/** One of the 15 tasks. */
export interface DeletangTask extends Language {
  readonly transduction: Transduction
  /** The row of the published table: `reverse-string`. */
  readonly name: string
  readonly original: boolean
  /** Where code, paper and this task are not all the same. */
  readonly differences: readonly Difference[]
}

/** What a task is made of. */
export interface TaskParts {
  readonly name: string
  readonly title: string
  readonly level: Level
  readonly need: Need
  readonly kind: MachineKind
  readonly alphabet: readonly string[]
  readonly outputs: readonly string[]
  readonly differences?: readonly Difference[]
  /** Smallest size; 1 unless given. */
  readonly from?: number
  lengthOf?(size: number): number
  outputLength(length: number): number
  scored?(output: Word): Uint8Array
  /** The output by reading from left to right. */
  machine(word: Word): readonly number[]
  /** The output by definition. */
  direct(word: Word): readonly number[]
  sample(draws: Draws, size: number): readonly number[]
}

/** Symbols `0` and `1`. */
export const BITS: readonly string[] = ['0', '1']

/** Digits of arithmetic modulo 5. */
export const DIGITS: readonly string[] = ['0', '1', '2', '3', '4']

/** A task as a language with the view `transduce`; originals have names of their own, so that results never mix. */
export function deletangTaskOf(parts: TaskParts, original: boolean): DeletangTask {
  const { from = 1, lengthOf = size => size, scored } = parts
  return {
    id: `deletang-${parts.name}${original ? '-original' : ''}`,
    name: parts.name,
    title: parts.title,
    level: parts.level,
    need: parts.need,
    alphabet: parts.alphabet,
    trainSize: 40,
    hasSize: size => size >= from,
    lengthOf,
    views: ['transduce'],
    original,
    differences: parts.differences ?? [],
    transduction: {
      outputs: parts.outputs,
      machine: { kind: parts.kind, transduce: word => Uint8Array.from(parts.machine(word)) },
      transduce: word => Uint8Array.from(parts.direct(word)),
      outputLength: length => parts.outputLength(length),
      ...(scored === undefined ? {} : { scored }),
      // the released code's loss counts the filling too
      ...(scored === undefined || !original
        ? {}
        : { trained: output => new Uint8Array(output.length).fill(1) }),
      delimiters: 0,
      sample: at => Uint8Array.from(parts.sample(drawsAt(at, 'input'), at.size)),
    },
  }
}

/** Uniform symbols. */
export function uniformWord(draws: Draws, length: number, symbols: number): number[] {
  return Array.from({ length }, () => draws.below(symbols))
}

/** The symbol that ends an output which is filled up with zeros. */
export const TERMINATOR = 2

/** Places up to the terminator, it too: what is after it is filling. */
export function upToTerminator(output: Word): Uint8Array {
  const end = output.indexOf(TERMINATOR)
  return output.map((_, i) => Number(end === -1 || i <= end))
}

/** An output with its terminator, filled up with zeros. */
export function terminated(output: readonly number[], length: number): number[] {
  const filled = [...output, TERMINATOR]
  while (filled.length < length) filled.push(0)
  return filled
}
