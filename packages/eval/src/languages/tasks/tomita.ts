/** R2: Tomita (1982), languages 3 to 7 over 0 and 1. */

import { dfaFromTable } from '../../automata/define-dfa.ts'
import type { Dfa } from '../../automata/dfa.ts'
import type { Language, Word } from '../language.ts'
import { regularLanguage } from '../regular.ts'

/** An automaton over 0 and 1 from rows (state after 0, state after 1, class). */
function automaton(...rows: readonly (readonly [number, number, number])[]): Dfa {
  return dfaFromTable({ next: rows.map(row => row.slice(0, 2)), classes: rows.map(row => row[2]) })
}

function tomita(
  number: number,
  title: string,
  states: Dfa,
  has: (text: string, zeros: number, ones: number) => boolean,
): Language {
  return regularLanguage({
    id: `tomita-${number}`,
    title,
    alphabet: ['0', '1'],
    trainSize: 20,
    automaton: states,
    classOf(word: Word) {
      const ones = word.filter(symbol => symbol === 1).length
      return Number(has(word.join(''), word.length - ones, ones))
    },
    views: ['recognise', 'dense', 'next-symbol'],
  })
}

/** No odd run of ones is followed, at once, by an odd run of zeros. */
export const tomita3: Language = tomita(
  3,
  'no odd run of ones with an odd run of zeros right after it',
  automaton([0, 1, 1], [2, 0, 1], [3, 4, 0], [2, 1, 1], [4, 4, 0]),
  text => !/(?<!1)1(11)*0(00)*(?!0)/.test(text),
)

/** No three zeros in a row. */
export const tomita4: Language = tomita(
  4,
  'no three zeros in a row',
  automaton([1, 0, 1], [2, 0, 1], [3, 0, 1], [3, 3, 0]),
  text => !text.includes('000'),
)

/** An even number of zeros and an even number of ones. */
export const tomita5: Language = tomita(
  5,
  'even numbers of zeros and of ones',
  automaton([1, 2, 1], [0, 3, 0], [3, 0, 0], [2, 1, 0]),
  (_, zeros, ones) => zeros % 2 === 0 && ones % 2 === 0,
)

/** The numbers of zeros and of ones differ by a multiple of three. */
export const tomita6: Language = tomita(
  6,
  'numbers of zeros and ones that differ by a multiple of three',
  automaton([1, 2, 1], [2, 0, 0], [0, 1, 0]),
  (_, zeros, ones) => (zeros - ones) % 3 === 0,
)

/** 0*1*0*1*. */
export const tomita7: Language = tomita(
  7,
  '0*1*0*1*',
  automaton([0, 1, 1], [2, 1, 1], [2, 3, 1], [4, 3, 1], [4, 4, 0]),
  text => /^0*1*0*1*$/.test(text),
)
