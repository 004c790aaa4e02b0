/**
 * Baselines that are tables: what is seen of a prefix is one number, and the answer is the one that was most frequent
 * in training where that number was seen. With several sights the first whose number was seen in training answers
 * (back-off), and the most frequent answer of all where none was.
 */
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import { answerBook, blankAnswers, firstAsked } from './answers.ts'
import type { Baseline } from './baseline.ts'

/** A number for each step of an encoded string; steps of equal numbers cannot be told apart. */
export type Sight = (inputs: Uint8Array) => Float64Array

/** What makes a table. */
export interface TableOptions {
  readonly id: string
  readonly title: string
  /** Any view unless given. */
  suits?(encoding: Encoding): boolean
  /** From the sharpest to the dullest; made anew for each fit. */
  sights(encoding: Encoding, strings: readonly EncodedString[], seed: number): readonly Sight[]
}

/** Follows a word symbol by symbol. */
export interface PrefixReader {
  /** The number that stands for the prefix read so far. */
  key: number
  read(symbol: number): void
}

/** The sight of a reader: at each step the prefix up to there; after the word's end the whole word. */
export function prefixSight({ language }: Encoding, reader: () => PrefixReader): Sight {
  const symbols = language.alphabet.length
  return inputs => {
    const keys = new Float64Array(inputs.length)
    const prefix = reader()
    for (let step = 0; step < inputs.length; step++) {
      const symbol = inputs[step]!
      if (symbol < symbols) prefix.read(symbol)
      keys[step] = prefix.key
    }
    return keys
  }
}

/** The most frequent number; the lowest of those that are equally frequent; 0 when there is none. */
export function mostFrequent(counts: ArrayLike<number | undefined>): number {
  let best = 0
  for (let i = 1; i < counts.length; i++) if ((counts[i] ?? 0) > (counts[best] ?? 0)) best = i
  return best
}

/** A baseline from a table. */
export function tableBaseline({ id, title, suits = () => true, sights }: TableOptions): Baseline {
  return {
    id,
    title,
    suits,
    fit(encoding, strings, seed) {
      const book = answerBook(encoding)
      const levels = sights(encoding, strings, seed)
      const counts = levels.map(() => new Map<number, number[]>())
      const overall: number[] = []
      for (const { inputs, targets, scored } of strings) {
        const keys = levels.map(sight => sight(inputs))
        for (let step = firstAsked(encoding, inputs); step < inputs.length; step++) {
          if (scored[step] !== 1) continue
          const answer = book.idOf(targets, step)
          overall[answer] = (overall[answer] ?? 0) + 1
          for (let level = 0; level < levels.length; level++) {
            const key = keys[level]![step]!
            const row = counts[level]!.get(key) ?? []
            if (row.length === 0) counts[level]!.set(key, row)
            row[answer] = (row[answer] ?? 0) + 1
          }
        }
      }
      const majority = mostFrequent(overall)
      const tables = counts.map(rows => {
        const table = new Map<number, number>()
        for (const [key, row] of rows) table.set(key, mostFrequent(row))
        return table
      })
      return {
        predict(inputs) {
          const answers = blankAnswers(encoding, inputs.length)
          const keys = levels.map(sight => sight(inputs))
          for (let step = firstAsked(encoding, inputs); step < inputs.length; step++) {
            let answer: number | undefined
            for (let level = 0; level < levels.length && answer === undefined; level++)
              answer = tables[level]!.get(keys[level]![step]!)
            book.write(answer ?? majority, answers, step)
          }
          return answers
        },
      }
    },
  }
}
