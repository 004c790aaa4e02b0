import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { languageOptions, withTrainSize } from '../component.ts'
import { automatonOf } from '../finite.ts'
import type { Language } from '../language.ts'
import { regularLanguage } from '../regular.ts'

/** R5: the sum of steps −1, 0 and +1, modulo a number. */
export function modularWalk(modulus: number): Language {
  return regularLanguage({
    id: `mod-${modulus}-walk`,
    title: `the sum of steps −1, 0, +1 modulo ${modulus}`,
    alphabet: ['-', '0', '+'],
    trainSize: 40,
    automaton: automatonOf({
      symbols: 3,
      start: 0,
      step: (q, a) => (q + a - 1 + modulus) % modulus,
      classOf: q => q,
    }),
    classes: Array.from({ length: modulus }, (_, value) => String(value)),
    classOf(word) {
      const sum = word.reduce((total, symbol) => total + symbol - 1, 0)
      return ((sum % modulus) + modulus) % modulus
    },
    views: ['dense'],
  })
}

/** Registry entry `mod-5-walk`; other moduli by its option. */
export const modularWalkComponent = defineComponent(LANGUAGE, {
  type: 'mod-5-walk',
  summary: 'the sum of steps −1, 0, +1 modulo 5, or another modulus',
  config: z.strictObject({ modulus: z.int().min(2).max(100).default(5), ...languageOptions }),
  create: ({ modulus, trainSize }) => withTrainSize(modularWalk(modulus), trainSize),
})
