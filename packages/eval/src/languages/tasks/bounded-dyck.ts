import { defineComponent, LANGUAGE } from '@elman/core'
import { z } from 'zod'
import { languageOptions, withTrainSize } from '../component.ts'
import { automatonOf } from '../finite.ts'
import type { Language } from '../language.ts'
import { regularLanguage } from '../regular.ts'
import { BRACKETS, depthOf } from './brackets.ts'

/** R8: well-nested brackets of some kinds, at most so deep (Hewitt et al. 2020). */
export function boundedDyck(kinds: number, depth: number): Language {
  const alphabet = BRACKETS.slice(0, 2 * kinds)
  return regularLanguage({
    id: `dyck-${kinds}-${depth}`,
    title: `well-nested brackets of ${kinds} kind${kinds === 1 ? '' : 's'}, at most ${depth} deep`,
    alphabet,
    trainSize: 40,
    automaton: automatonOf<readonly number[] | 'out'>({
      symbols: 2 * kinds,
      start: [],
      step(open, symbol) {
        if (open === 'out') return open
        if (symbol % 2 === 0) return open.length < depth ? [...open, symbol] : 'out'
        return open.at(-1) === symbol - 1 ? open.slice(0, -1) : 'out'
      },
      classOf: open => Number(open.length === 0),
    }),
    classOf: word => Number((depthOf(word, kinds) ?? depth + 1) <= depth),
    views: ['recognise', 'next-symbol'],
  })
}

/** Registry entry `dyck-2-3`. */
export const dyck23: Language = boundedDyck(2, 3)

/** Registry entry `bounded-dyck`, for other numbers of kinds and depths. */
export const boundedDyckComponent = defineComponent(LANGUAGE, {
  type: 'bounded-dyck',
  summary: 'well-nested brackets of some kinds, at most so deep',
  config: z
    .strictObject({
      kinds: z.int().min(1).max(4).default(2),
      depth: z.int().min(1).max(10).default(3),
      ...languageOptions,
    })
    .refine(({ kinds, depth }) => kinds ** depth <= 2 ** 12, 'an automaton of so many states is not made'),
  create: ({ kinds, depth, trainSize }) => withTrainSize(boundedDyck(kinds, depth), trainSize),
})
