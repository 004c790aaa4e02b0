/** Languages of the baselines' tests: words with classes by a rule, and functions on words. */
import { dfaFromTable } from '../automata/define-dfa.ts'
import { drawsAt } from '../languages/draws.ts'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Language, Word } from '../languages/language.ts'
import { regularLanguage } from '../languages/regular.ts'
import { encodeView } from '../languages/view.ts'

/** A language over a, b, c from rows of next states and the classes of the states. */
export function automatonLanguage(
  next: readonly (readonly number[])[],
  classes: readonly number[],
): Language {
  const automaton = dfaFromTable({ next, classes })
  return regularLanguage({
    id: 'synthetic',
    title: 'a language of a test',
    alphabet: ['a', 'b', 'c'],
    trainSize: 10,
    automaton,
    classOf: word => classes[word.reduce((state, symbol) => next[state]![symbol]!, 0)]!,
    views: ['recognise', 'dense', 'next-symbol'],
  })
}

/** A function on words over a number of symbols, encoded; all words are inputs. */
export function functionEncoding(symbols: number, transduce: (word: Word) => Word): Encoding {
  const alphabet = Array.from({ length: symbols }, (_, symbol) => `${symbol}`)
  const language: Language = {
    id: 'synthetic',
    title: 'a function of a test',
    level: 'context-sensitive',
    need: {},
    alphabet,
    trainSize: 10,
    hasSize: () => true,
    lengthOf: size => size,
    transduction: {
      outputs: alphabet,
      machine: { kind: 'tape', transduce },
      transduce,
      outputLength: length => transduce(new Uint8Array(length)).length,
      delimiters: 1,
      sample: at => {
        const draws = drawsAt(at)
        return Uint8Array.from({ length: at.size }, () => draws.below(symbols))
      },
    },
    views: ['transduce'],
  }
  return encodeView(language, 'transduce')
}

/** Strings of a stream, `count` of each size. */
export function drawn(
  encoding: Encoding,
  stream: string,
  sizes: readonly number[],
  count: number,
): EncodedString[] {
  return sizes.flatMap(size =>
    Array.from({ length: count }, (_, index) => encoding.sample({ seed: 1, stream, size, index })),
  )
}

/** Numbers 1 to n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)
