/** R1: languages that one end of a word decides. Strictly local, the weakest level of all. */
import { automatonOf } from '../finite.ts'
import type { Language } from '../language.ts'
import { regularLanguage } from '../regular.ts'

/** Words over 0 and 1 that start with 1. */
export const first: Language = regularLanguage({
  id: 'first',
  title: 'the first symbol is 1',
  level: 'sub-regular',
  alphabet: ['0', '1'],
  trainSize: 20,
  automaton: automatonOf({
    symbols: 2,
    start: -1,
    step: (q, a) => (q < 0 ? a : q),
    classOf: q => Number(q === 1),
  }),
  classOf: word => Number(word[0] === 1),
  views: ['recognise', 'dense'],
})

/** Words over 0 and 1 that end with 1. */
export const endsWith: Language = regularLanguage({
  id: 'ends-with',
  title: 'the last symbol is 1',
  level: 'sub-regular',
  alphabet: ['0', '1'],
  trainSize: 20,
  automaton: automatonOf({ symbols: 2, start: 0, step: (_, a) => a, classOf: q => q }),
  classOf: word => Number(word.at(-1) === 1),
  views: ['recognise', 'dense'],
})
