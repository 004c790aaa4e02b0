/** Answers as numbers: a class is one already; sets of flags are numbered in the order in which they are met. */
import type { Encoding } from '../languages/encoding.ts'

/** The answers of an encoding, numbered from 0. */
export interface AnswerBook {
  /** Number of the answer at a step of targets. */
  idOf(targets: Uint8Array, step: number): number
  /** Writes an answer at a step of an array in the layout of targets. */
  write(answer: number, into: Uint8Array, step: number): void
}

/** An empty array of answers for a string with this many steps. */
export const blankAnswers = ({ target, outputs }: Encoding, steps: number): Uint8Array =>
  new Uint8Array(target === 'class' ? steps : steps * outputs)

/** First step at which something may be asked, by the view alone. */
export function firstAsked({ view, inputs: symbols }: Encoding, inputs: Uint8Array): number {
  if (view === 'recognise') return inputs.length - 1
  if (view !== 'transduce') return 0
  const blank = inputs.indexOf(symbols - 1)
  return blank < 0 ? inputs.length : blank
}

/** The word inside of an encoded string. */
export function wordOf({ language }: Encoding, inputs: Uint8Array): Uint8Array {
  return inputs.filter(symbol => symbol < language.alphabet.length)
}

/** A book for an encoding. */
export function answerBook({ target, outputs }: Encoding): AnswerBook {
  if (target === 'class')
    return {
      idOf: (targets, step) => targets[step]!,
      write: (answer, into, step) => {
        into[step] = answer
      },
    }
  const numbers = new Map<number | string, number>()
  const sets: Uint8Array[] = []
  const keyOf = (flags: Uint8Array): number | string =>
    flags.length > 50 ? flags.join('') : flags.reduce((key, flag) => 2 * key + flag, 0)
  return {
    idOf(targets, step) {
      const flags = targets.subarray(step * outputs, (step + 1) * outputs)
      const key = keyOf(flags)
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, sets.length)
      return sets.push(flags.slice()) - 1
    },
    write(answer, into, step) {
      const set = sets[answer]
      if (set !== undefined) into.set(set, step * outputs)
    },
  }
}
