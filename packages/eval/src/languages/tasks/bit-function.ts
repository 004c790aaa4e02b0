/** Functions from words over 0 and 1 to such words: what copying, reversing and rearranging have in common. */
import { drawsAt } from '../draws.ts'
import { uniformWord } from '../enveloped.ts'
import type { Language, Transduction } from '../language.ts'

/** What tells one function from another. */
export interface BitFunction
  extends Pick<Language, 'id' | 'title' | 'level' | 'need' | 'trainSize'>,
    Pick<Transduction, 'machine' | 'transduce'>,
    Partial<Pick<Transduction, 'outputLength' | 'delimiters'>> {}

/** The function on all words of a length, uniform; outputs are as long as inputs, and no delimiter comes, unless told. */
export function bitFunction(options: BitFunction): Language {
  const { machine, transduce, outputLength = length => length, delimiters = 0, ...facts } = options
  const symbols = ['0', '1']
  return {
    ...facts,
    alphabet: symbols,
    hasSize: size => size >= 1,
    lengthOf: size => size,
    transduction: {
      ...{ outputs: symbols, machine, transduce, outputLength, delimiters },
      sample: at => uniformWord(at.size, 2, drawsAt(at)),
    },
    views: ['transduce'],
  }
}
