import { automatonOf } from '../finite.ts'
import type { Language } from '../language.ts'
import { regularLanguage } from '../regular.ts'

/** R3: words over 0 and 1 with an odd number of ones. Regular and not star-free. */
export const parity: Language = regularLanguage({
  id: 'parity',
  title: 'an odd number of ones',
  alphabet: ['0', '1'],
  trainSize: 20,
  automaton: automatonOf({ symbols: 2, start: 0, step: (q, a) => q ^ a, classOf: q => q }),
  classOf: word => word.filter(symbol => symbol === 1).length % 2,
  views: ['recognise', 'dense'],
})
